"""The way back: each new migration is undone on rows, and applied again."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..migrations.data import digests
from ..migrations.equivalence import comparison
from ..migrations.equivalence.upgrade import connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner
from ..migrations.execution.worker_process import Event, JobFailed
from ..migrations.plan.chains import Chain, key_of
from ..schema.comparison.options import Options
from .error_text import without_values
from .finding import Finding
from .tree import MigrationFile, Tree

SHOWN: Final = 5
"""Differences that a finding names."""


@dataclass(frozen=True)
class State:
    """One database at one point."""

    reading: comparison.StateReading
    rows: Mapping[str, digests.Digest]


Unstable = Mapping[str, Mapping[str, Collection[str]]]
"""Alias -> table -> columns that two undisturbed runs fill otherwise (times, random numbers, what is encrypted)."""


def find_unstable(runner: MigrationRunner, databases: Databases, migrated: Databases) -> Unstable:
    """Run the new migrations once more and compare the rows with those of ``migrated``. Raises ``CannotRun``."""
    with runner.copy(databases) as second:
        try:
            runner.forward(second, Chain())
        except JobFailed as error:
            raise error.cannot_run("the new migrations cannot be run on few rows") from None
        found = {}
        for alias in databases.own:
            state = read_state(runner, migrated, alias, {})
            again = read_state(runner, second, alias, {}, state)
            found[alias] = digests.changed(state.rows, again.rows)
    return found


def read_state(
    runner: MigrationRunner,
    databases: Databases,
    alias: str,
    unstable: Unstable,
    like: State | None = None,
) -> State:
    """Read schema and rows of one alias; ``like``: the state with which it will be compared."""
    only = Databases({alias: databases.names[alias]}, (alias,))
    with closing(connect(runner, databases, alias)) as connection:
        rows = digests.take(connection, like.rows if like is not None else None)
    for table, names in unstable.get(alias, {}).items():
        if table in rows:
            kept = {name: value for name, value in rows[table].columns.items() if name not in names}
            rows[table] = digests.Digest(rows[table].rows, kept, rows[table].key)
    return State(comparison.read(runner.server, only, both=False), rows)


def differences(before: State, after: State) -> list[str]:
    """Say what of ``before`` is not the same in ``after``, one fact a line; no value of a row is named."""
    schema = [
        each.line
        for each in comparison.compare_readings(before.reading, after.reading, Options()).differences
    ]
    rows = [
        f"rows of {table}: {', '.join(names)}"
        for table, names in digests.changed(before.rows, after.rows).items()
    ]
    found = [*schema, *rows]
    return found if len(found) <= SHOWN else [*found[:SHOWN], f"and {len(found) - SHOWN} more"]


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
        self.before: dict[str, State] = {}
        self.applied: dict[str, State] = {}

    def __call__(self, event: Event) -> None:
        alias, step = event["alias"], event["step"]
        if step == "start":
            # The table of applied migrations is there now, also where the base has none.
            self.before[alias] = self._read(alias)
            return
        error, migration = event["error"], self.files[key_of(event["migration"])]
        if step == "forward":
            if not error:
                self.applied[alias] = self._read(alias, self.before[alias])
        elif step == "back" and error:
            self.findings.append(_not_undone(migration, event, self.root))
            self.before[alias] = self._read(alias)
        elif step == "back":
            self._compare_back(migration, alias, self._read(alias, self.before[alias]))
        else:
            again = self._read(alias, self.before[alias])
            if error:
                self._add(migration, [f"applied again: {without_values(error)}"])
            else:
                self._compare_again(migration, alias, again)
            self.before[alias] = self._read(alias)

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
            table: digests.Digest(
                digest.rows,
                {name: value for name, value in digest.columns.items() if name not in kept.get(table, ())},
                digest.key,
            )
            for table, digest in before.items()
            if table not in gone
        }
        found = differences(State(self.before[alias].reading, stayed), after)
        if found:
            self._add(migration, [f"after the way back: {each}" for each in found])
        elif gone:
            self._add(migration, [f"rows of {', '.join(gone)} are gone"], gone=True)

    def _compare(self, migration: MigrationFile, before: State, after: State, when: str) -> None:
        if found := differences(before, after):
            self._add(migration, [f"{when}: {each}" for each in found])

    def _compare_again(self, migration: MigrationFile, alias: str, again: State) -> None:
        """Compare the schema, and the rows of columns that were there before: a new one may hold a time."""
        first = self.applied[alias]
        kept = {
            table: digests.Digest(
                digest.rows,
                {
                    name: value
                    for name, value in digest.columns.items()
                    if name in self.before[alias].rows[table].columns
                },
                digest.key,
            )
            for table, digest in first.rows.items()
            if table in self.before[alias].rows
        }
        self._compare(migration, State(first.reading, kept), again, "applied again")

    def _add(self, migration: MigrationFile, evidence: list[str], *, gone: bool = False) -> None:
        """Add one finding a migration; ``gone``: it is in the nature of the operation, which is a notice."""
        if any(each.migration == migration.name for each in self.findings):
            return
        self.findings.append(
            Finding(
                code="reverse-differs",
                migration=migration.name,
                file=migration.relative(self.root),
                effect="after the way back the column or table is there again, and what it held is not"
                if gone
                else "who goes back to the release before finds another schema or other rows than it left",
                evidence=tuple(evidence),
                remedy="nothing, if the release before can do without; else remove it in a later release, once no way "
                "back is needed"
                if gone
                else "write the reverse that restores them (reverse_sql, reverse_code)",
                notice=gone,
            )
        )


def _not_undone(migration: MigrationFile, event: Event, root: Path) -> Finding:
    refused = event["refused"]
    return Finding(
        code="not-reversible" if refused else "reverse-differs",
        migration=migration.name,
        file=migration.relative(root),
        line=migration.line(event["operation"]),
        effect="there is no way back to the release before without a backup",
        evidence=(without_values(event["error"]),),
        remedy=_REVERSE[refused, event["operation"] is not None],
    )


_REVERSE: Final = {
    (False, False): "correct its reverse, which fails on rows",
    (
        True,
        False,
    ): "keep what the way back needs in a column or table until no way back is needed, or accept the "
    "finding: the reverse itself refuses rows like these",
    (
        True,
        True,
    ): "give the operation a reverse (reverse_code, reverse_sql); one that has nothing to undo gets "
    "migrations.RunPython.noop or migrations.RunSQL.noop",
}
"""Whether the migration refuses, whether an operation has no reverse -> what to do."""
