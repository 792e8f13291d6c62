"""A database with all the originals meets the squash, and then a checkout that has nothing else."""

import tempfile
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from verification.migrations.data import digests, production_rows
from verification.migrations.equivalence import comparison
from verification.migrations.equivalence.partial_states import Ladder
from verification.migrations.equivalence.upgrade import Rows, connect, digest
from verification.migrations.execution.project_runner import Applier, Databases
from verification.migrations.execution.runner import JobFailed
from verification.migrations.plan import migration_files
from verification.migrations.plan.chains import Chain
from verification.schema.comparison.difference import Difference


@dataclass
class Succession:
    """How a database got from its originals to the squash alone."""

    switched: list[Difference] = field(default_factory=list)
    """What changed when the squash came: nothing may."""
    pruned: list[Difference] = field(default_factory=list)
    """What changed, or did not work, when the originals went."""
    recorded: tuple[int, int] = (0, 0)
    """Migrations that the database recorded before and after ``migrate --prune``."""

    @property
    def quiet(self) -> bool:
        """Whether nothing ran and nothing changed."""
        return not self.switched and not self.pruned


def succeed(applier: Applier, ladder: Ladder, rows: Rows) -> Succession:
    """Switch a filled copy of the last state to the squash; then prune it and remove the originals.

    The checkout without the originals is a temporary copy of the folders concerned.
    """
    found = Succession()
    with applier.copy(ladder.last.databases) as databases:
        before = {}
        for alias in databases.own:
            with closing(connect(applier, databases, alias)) as connection:
                production_rows.fill(
                    connection, [*ladder.last.described.get(alias, [])], size=rows.size, ratios=rows.ratios
                )
                before[alias] = digests.take(connection)
        found.switched = _nothing_happens(applier, applier, databases, ladder, before)
        with tempfile.TemporaryDirectory(prefix="verification-") as directory:
            overlay = migration_files.without_originals(applier.tree, ladder.squash, Path(directory))
            project = replace(applier.project, overlay={**applier.project.overlay, **overlay})
            with Applier(project, applier.server, workers=1, progress=applier.progress) as pruned:
                before_prune = _recorded(applier, databases)
                found.pruned = _prune(pruned, databases, ladder)
                found.recorded = (before_prune, _recorded(applier, databases))
                found.pruned += _nothing_happens(applier, pruned, databases, ladder, before)
                found.pruned += _from_nothing(applier, pruned, ladder)
    return found


def _nothing_happens(
    applier: Applier,
    tree_applier: Applier,
    databases: Databases,
    ladder: Ladder,
    before: dict[str, dict[str, digests.Digest]],
) -> list[Difference]:
    """Run ``migrate`` and give whatever it did."""
    try:
        steps = tree_applier.forward(databases, Chain())
    except JobFailed as error:
        return [_failed(str(ladder.squash), error)]
    found = [Difference("migration", step.migration, "added", "applied", None, "run again") for step in steps]
    found += comparison.judge(
        ladder.last.reading, comparison.read(applier.server, databases, both=False)
    ).differences
    for alias in databases.own:
        after = digest(applier, databases, alias, before[alias])
        found += [
            Difference(
                "row", table, "changed", ", ".join(names), before[alias][table].rows, after[table].rows
            )
            for table, names in digests.changed(before[alias], after).items()
        ]
    return found


def _prune(pruned: Applier, databases: Databases, ladder: Ladder) -> list[Difference]:
    apps = sorted({app for app, _ in ladder.squash.covers})
    try:
        with pruned.runner() as runner:
            runner.run("prune", databases=databases.to_json(), apps=apps)
    except JobFailed as error:
        return [_failed("migrate --prune", error)]
    return []


def _from_nothing(applier: Applier, pruned: Applier, ladder: Ladder) -> list[Difference]:
    """An empty database through the checkout without originals comes to the same schema."""
    databases = pruned.fresh()
    try:
        pruned.forward(databases, Chain())
    except JobFailed as error:
        return [_failed(str(ladder.squash), error)]
    return comparison.judge(
        ladder.last.reading, comparison.read(applier.server, databases, both=False)
    ).differences


def _recorded(applier: Applier, databases: Databases) -> int:
    with closing(connect(applier, databases, databases.own[0])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        return int(cursor.fetchone()[0])


def _failed(what: str, error: JobFailed) -> Difference:
    return Difference("migration", error.migration or what, "changed", "applies", "applies", error.message)
