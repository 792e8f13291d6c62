"""Transactions of the base's code that write two tables, against a migration that locks both."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ..migrations.cost.record import Tables, transactions
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import key_of
from .finding import Finding
from .traffic import LOCK_TIMEOUT, beside
from .tree import Tree

DEADLOCK: Final = "deadlock detected"
"""PostgreSQL's message."""
ANY: Final = "any"
"""Stands for the migration that failed where it is not known."""
Pair = tuple[str, str, bool]
"""Two tables in the order in which a transaction writes them, and whether the migration locks both at once."""


def judge(
    base: MigrationRunner,
    head: MigrationRunner,
    databases: Databases,
    steps: Sequence[Step],
    tables: Mapping[str, Tables],
    files: Tree,
    root: Path,
    command: str = "",
) -> Iterator[Finding]:
    """Run the new migrations beside such transactions and find those that meet a deadlock; one finding a migration.

    ``databases``: the base with few rows, to be cloned. Two tables that one statement locks (a new foreign key) are
    a notice: no other form of it locks one alone. Raises ``CannotRun``.
    """
    for alias in dict.fromkeys(step.alias for step in steps):
        pairs: dict[Pair, str] = {}
        for step in steps:
            if step.alias == alias:
                pairs.update(dict.fromkeys(_pairs(step, tables.get(alias, {})), step.migration))
        if not pairs:
            continue
        try:
            result, ended = beside(
                base,
                head,
                databases,
                "deadlock",
                command,
                {DEADLOCK, LOCK_TIMEOUT},
                alias=alias,
                pairs=[*pairs],
            )
        except JobFailed as error:
            raise error.cannot_run("the new migrations cannot be run beside transactions") from None
        failed = (ended.migration or ANY) if ended is not None and DEADLOCK in ended.message else ""
        met: dict[str, list[Pair]] = {}
        for pair, migration in pairs.items():
            same = [each for each in result["tried"] if {*each[:2]} == {*pair[:2]}]
            if any(deadlocked for *_, deadlocked in same) or (same and failed in {migration, ANY}):
                met.setdefault(migration, []).append(pair)
        for migration, found in met.items():
            yield _finding(migration, found, files, root)


def _finding(migration: str, pairs: Sequence[Pair], files: Tree, root: Path) -> Finding:
    one_statement = all(either for *_, either in pairs)
    return Finding(
        code="deadlock",
        migration=migration,
        file=files[key_of(migration)].relative(root),
        table=pairs[0][1],
        effect="PostgreSQL ends the migration, or a request that writes both tables",
        evidence=tuple(
            f"deadlock detected: a transaction of the base wrote {first}, then {second}; the migration locked "
            + ("both in one statement" if either else f"{second}, then {first}")
            for first, second, either in pairs
        ),
        remedy="a lock_timeout below deadlock_timeout (one second), and try again"
        if one_statement
        else "one table a migration, so that none waits for a lock while it has another; and a lock_timeout",
        notice=one_statement,
    )


def _pairs(step: Step, tables: Tables) -> list[Pair]:
    """Return tables that one transaction locks, in the order opposite to its own."""
    found: dict[Pair, None] = {}
    for transaction in transactions(step):
        taken = [
            (number, tables[oid].name.rpartition(".")[2])
            for oid, (number, _) in transaction.taken.items()
            if oid in tables and tables[oid].rows
        ]
        for number, table in taken:
            for later, other in taken:
                if later > number:
                    found[other, table, False] = None
                elif later == number and other > table:
                    found[table, other, True] = None
    return list(found)
