"""The way back: each new migration is undone on rows, and applied again."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..migrations.data import digests
from ..migrations.equivalence.upgrade import connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner
from ..migrations.execution.worker_process import Event, JobFailed
from ..migrations.plan.chains import key_of
from .error_text import without_values
from .finding import Finding
from .state import State, Unstable, differences, read_state, schema_differences
from .tree import MigrationFile, Tree

DONE_ALREADY: Final = re.compile(r"already exists|does not exist")
"""PostgreSQL's message about what is made, removed or renamed a second time."""
TEXTS: Final = {
    "": (
        "who goes back to the release before finds another schema or other rows than it left",
        "write the reverse that restores them (reverse_sql, reverse_code)",
    ),
    "gone": (
        "after the way back the column or table is there again, and what it held is not",
        "nothing, if the release before can do without; else remove it in a later release, once no way back is needed",
    ),
    "left": (
        "the way back leaves what the migration has done",
        "nothing, if the release before can live with it; else write the reverse (reverse_sql, reverse_code)",
    ),
}
"""Kind -> effect and remedy: it stops the deploy, or is a notice about what is gone or left."""


def judge(
    runner: MigrationRunner, databases: Databases, files: Tree, unstable: Unstable, root: Path
) -> Iterator[Finding]:
    """Find new migrations that cannot be undone, or whose undoing does not give back schema and rows.

    ``databases``: the base with rows, to be cloned. Raises ``CannotRun``.
    """
    with runner.copy(databases) as clone, runner.worker() as worker:
        watched = _Watched(runner, clone, files, unstable, root)
        try:
            worker.run("there_and_back", databases=clone.to_json(), paused=watched)
        except JobFailed as error:
            raise error.cannot_run("the way back cannot be tried") from None
    yield from watched.findings


class _Watched:
    """Compares at each pause."""

    def __init__(
        self, runner: MigrationRunner, databases: Databases, files: Tree, unstable: Unstable, root: Path
    ) -> None:
        self.runner, self.databases, self.files, self.root = runner, databases, files, root
        self.unstable = unstable
        self.findings: list[Finding] = []
        self.leaving: set[str] = set()
        """Migrations whose way back leaves what they have done."""
        self.before: dict[str, State] = {}
        self.values: dict[str, digests.Values] = {}
        """Before the migration, as ``before``."""
        self.applied: dict[str, State] = {}

    def __call__(self, event: Event) -> None:
        alias, step = event["alias"], event["step"]
        if step == "start":
            # The table of applied migrations is there now, also where the base has none.
            self._begin(alias)
            return
        error, migration = event["error"], self.files[key_of(event["migration"])]
        if step == "forward":
            if not error:
                self.applied[alias] = self._read(alias, self.before[alias])
        elif step == "back" and error:
            self.findings.append(_not_undone(migration, event, self.root))
            self._begin(alias)
        elif step == "back":
            self._compare_back(migration, alias, self._read(alias, self.before[alias]))
        else:
            again = self._read(alias, self.before[alias])
            if error:
                known = migration.name in self.leaving and DONE_ALREADY.search(error)
                self._add(migration, [f"applied again: {without_values(error)}"], "left" if known else "")
            else:
                self._compare_again(migration, alias, again)
            self._begin(alias)

    def _begin(self, alias: str) -> None:
        self.before[alias], self.values[alias] = self._read(alias), self._read_values(alias)

    def _read_values(self, alias: str) -> digests.Values:
        with closing(connect(self.runner, self.databases, alias)) as connection:
            return digests.take_values(connection)

    def _read(self, alias: str, like: State | None = None) -> State:
        return read_state(self.runner, self.databases, alias, self.unstable, like)

    def _compare_back(self, migration: MigrationFile, alias: str, after: State) -> None:
        """Compare what was there all the time; a column or table that was gone comes back without its rows.

        https://docs.djangoproject.com/en/stable/ref/migration-operations/#removefield: "apart from any data loss".
        """
        before, between = self.before[alias].rows, self.applied[alias].rows
        kept, gone = {}, []
        for table, names in digests.changed(before, after.rows).items():
            if table not in between:
                gone.append(table)
                continue
            lost = [name for name in names if name in before[table].columns.keys() - between[table].columns]
            gone += [f"{table}.{name}" for name in lost]
            kept[table] = lost
        stayed = {
            table: digest.without(kept.get(table, ()))
            for table, digest in before.items()
            if table not in gone
        }
        expected = replace(self.before[alias], rows=stayed)
        if found := differences(expected, after):
            left = self._is_left(alias, expected, after)
            self._add(migration, [f"after the way back: {each}" for each in found], "left" if left else "")
        elif gone:
            self._add(migration, [f"rows of {', '.join(gone)} are gone"], "gone")

    def _is_left(self, alias: str, before: State, after: State) -> bool:
        """Whether all that differs is what the migration has done and the reverse has not undone; no value is lost."""
        changed = digests.changed(before.rows, after.rows)
        if changed and digests.lost(self.values[alias], self._read_values(alias), changed):
            return False
        made = schema_differences(self.before[alias], self.applied[alias])
        return {*schema_differences(before, after)} <= {*made}

    def _compare_again(self, migration: MigrationFile, alias: str, again: State) -> None:
        """Compare the schema, and the rows of columns that were there before: a new one may hold a time."""
        first, before = self.applied[alias], self.before[alias].rows
        kept = {
            table: digest.without(digest.columns.keys() - before[table].columns)
            for table, digest in first.rows.items()
            if table in before
        }
        if found := differences(replace(first, rows=kept), again):
            known = migration.name in self.leaving and not digests.changed(kept, again.rows)
            self._add(migration, [f"applied again: {each}" for each in found], "left" if known else "")

    def _add(self, migration: MigrationFile, evidence: list[str], kind: str = "") -> None:
        """Add one finding a migration; ``kind``: of ``TEXTS``. One that stops the deploy takes a notice's place."""
        effect, remedy = TEXTS[kind]
        earlier = [each for each in self.findings if each.migration == migration.name]
        if any(each.stops for each in earlier):
            return
        if kind == "left":
            self.leaving.add(migration.name)
        self.findings = [each for each in self.findings if each not in earlier]
        self.findings.append(
            Finding(
                code="reverse-differs",
                migration=migration.name,
                file=migration.relative(self.root),
                effect=effect,
                evidence=(*(fact for each in earlier for fact in each.evidence), *evidence),
                remedy=remedy,
                notice=bool(kind),
            )
        )


def _not_undone(migration: MigrationFile, event: Event, root: Path) -> Finding:
    """Return what is found where the reverse fails: a notice if the migration says itself that it has none."""
    refused = event["refused"]
    without = refused and event["operation"] is not None
    return Finding(
        code="not-reversible" if refused else "reverse-differs",
        migration=migration.name,
        file=migration.relative(root),
        line=migration.line(event["operation"]),
        effect="the schema of the release before comes back from a backup alone; its code is tried on the new one"
        if refused
        else "the way back stops with an error",
        evidence=(without_values(event["error"]),),
        remedy=NO_REVERSE if without else REFUSES if refused else "correct its reverse, which fails on rows",
        notice=refused,
    )


REFUSES: Final = (
    "nothing, if the release before can live with the new schema; else keep what the way back needs in a column or "
    "table until no way back is needed: the reverse itself refuses rows like these"
)
NO_REVERSE: Final = (
    "nothing, if the release before can live with the new schema; else give the operation a reverse (reverse_code, "
    "reverse_sql), or migrations.RunPython.noop or migrations.RunSQL.noop where there is nothing to undo"
)
