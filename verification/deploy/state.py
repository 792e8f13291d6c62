"""What a database holds at one point of the trials: its schema and its rows, to be compared with another point."""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from ..migrations.data import digests
from ..migrations.equivalence import comparison
from ..migrations.equivalence.upgrade import connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import Chain
from ..schema.comparison.options import Options

SHOWN: Final = 5
"""Differences that a finding names."""


@dataclass(frozen=True)
class State:
    """One database at one point."""

    reading: comparison.StateReading
    rows: Mapping[str, digests.Digest]
    options: Options
    """What does not count in the project's schemas."""


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
            rows[table] = rows[table].without(names)
    return State(comparison.read(runner.server, only, both=False), rows, runner.options)


def differences(before: State, after: State) -> list[str]:
    """Say what of ``before`` is not the same in ``after``, one fact a line; no value of a row is named."""
    rows = [
        f"rows of {table}: {', '.join(names)}"
        for table, names in digests.changed(before.rows, after.rows).items()
    ]
    found = [*schema_differences(before, after), *rows]
    return found if len(found) <= SHOWN else [*found[:SHOWN], f"and {len(found) - SHOWN} more"]


def schema_differences(before: State, after: State) -> list[str]:
    """Say what of the schema of ``before`` is not the same in ``after``, one fact a line.

    Names do not count: on the way back AlterField gives a constraint another one than CreateModel did.
    """
    options = replace(before.options, generated_names=True)
    compared = comparison.compare_readings(before.reading, after.reading, options)
    return [each.between("what was expected", "what is there") for each in compared.differences]
