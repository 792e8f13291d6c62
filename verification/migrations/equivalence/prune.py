"""Replace all applied originals by the squash, then remove the originals from the tree.

See "Squashing migrations" in Django's documentation.
"""

import tempfile
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...processes import run_directory
from ...schema.comparison.compare import counts
from ...schema.comparison.difference import Difference
from ..data import digests, production_rows
from ..execution.migration_runner import Databases, MigrationRunner
from ..execution.worker_process import JobFailed
from ..plan import migration_files
from ..plan.chains import Chain, Squash
from . import comparison, states
from .partial_states import PartialStates
from .upgrade import RowVolume, connect, digest


@dataclass
class PruneResult:
    """What happened when a database went from its originals to the squash alone."""

    switched: list[Difference] = field(default_factory=list)
    """Differences after switching to the squash. Must be empty."""
    pruned: list[Difference] = field(default_factory=list)
    """Differences and failures after removing the originals. Must be empty."""
    recorded: tuple[int, int] = (0, 0)
    """Migrations that the database recorded before and after ``migrate --prune``."""


def replace_originals(runner: MigrationRunner, partial: PartialStates, rows: RowVolume) -> PruneResult:
    """Switch a filled copy of the last state to the squash; then prune it and remove the originals.

    The checkout without the originals is a temporary copy of the folders concerned.
    """
    found = PruneResult()
    with runner.copy(partial.last.databases) as databases:
        before = {}
        for alias in databases.own:
            with closing(connect(runner, databases, alias)) as connection:
                production_rows.fill(
                    connection, [*partial.last.described.get(alias, [])], size=rows.size, ratios=rows.ratios
                )
                before[alias] = digests.take(connection)
        found.switched = _migrate_again(runner, runner, databases, partial, before) or refused_history(
            runner, partial.squash, partial.chain
        )
        with tempfile.TemporaryDirectory(dir=run_directory.owner_file().parent) as directory:
            overlay = migration_files.without_originals(runner.tree, partial.squash, Path(directory))
            project = replace(runner.project, overlay={**runner.project.overlay, **overlay})
            with MigrationRunner(
                project, runner.server, max_workers=1, progress=runner.progress, options=runner.options
            ) as pruned:
                found.pruned = states.newly_unwritten(
                    states.unwritten(runner, partial.chain), states.unwritten(pruned, Chain())
                )
                before_prune = _recorded(runner, databases)
                found.pruned += _prune(pruned, databases, partial)
                found.recorded = (before_prune, _recorded(runner, databases))
                found.pruned += _migrate_again(runner, pruned, databases, partial, before)
                found.pruned += _from_empty(runner, pruned, partial)
    return found


def refused_history(runner: MigrationRunner, squash: Squash, chain: Chain) -> list[Difference]:
    """Say how ``migrate`` refuses a database that has the squash, and of other apps only what its originals need.

    Where a squash depends on ``__latest__``, so does each database once the other app has a migration more.
    ``chain``: that of the originals.
    """
    databases = runner.fresh()
    try:
        with runner.worker() as worker:
            worker.run(
                "check_history",
                databases=databases.to_json(),
                without=chain.to_json(),
                squash=list(squash.key),
            )
    except JobFailed as error:
        if error.kind != "load":
            raise error.cannot_run(f"the history of {squash.app} cannot be checked") from None
        return [
            Difference(
                "migration",
                str(squash),
                "changed",
                "applies where other apps are behind",
                "applies",
                error.message,
            )
        ]
    finally:
        runner.drop(databases)
    return []


def _migrate_again(
    runner: MigrationRunner,
    tree_runner: MigrationRunner,
    databases: Databases,
    partial: PartialStates,
    before: dict[str, dict[str, digests.Digest]],
) -> list[Difference]:
    """Run ``migrate``, which must do nothing, and return what it did."""
    try:
        steps = tree_runner.forward(databases, Chain())
    except JobFailed as error:
        return [comparison.does_not_apply(error, str(partial.squash))]
    found = [Difference("migration", step.migration, "added", "applied", None, "run again") for step in steps]
    found += comparison.compare_readings(
        partial.last.reading, comparison.read(runner.server, databases, both=False), runner.options
    ).differences
    for alias in databases.own:
        after = digest(runner, databases, alias, before[alias])
        found += [
            Difference(
                "row", table, "changed", ", ".join(names), before[alias][table].rows, after[table].rows
            )
            for table, names in digests.changed(before[alias], after).items()
        ]
    return [each for each in found if counts(each, runner.options)]


def _prune(pruned: MigrationRunner, databases: Databases, partial: PartialStates) -> list[Difference]:
    apps = sorted({app for app, _ in partial.squash.covers})
    try:
        with pruned.worker() as worker:
            worker.run("prune", databases=databases.to_json(), apps=apps)
    except JobFailed as error:
        return [comparison.does_not_apply(error, "migrate --prune")]
    return []


def _from_empty(runner: MigrationRunner, pruned: MigrationRunner, partial: PartialStates) -> list[Difference]:
    """Compare the schema of an empty database migrated without the originals with that of the originals."""
    databases = pruned.fresh()
    try:
        pruned.forward(databases, Chain())
    except JobFailed as error:
        return [comparison.does_not_apply(error, str(partial.squash))]
    return comparison.compare_readings(
        partial.last.reading, comparison.read(runner.server, databases, both=False), runner.options
    ).differences


def _recorded(runner: MigrationRunner, databases: Databases) -> int:
    with closing(connect(runner, databases, databases.own[0])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        return int(cursor.fetchone()[0])
