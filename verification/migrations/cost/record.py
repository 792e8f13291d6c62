"""The record of a migration's statements, divided by transaction: which locks were had, and how long."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from ..data.frequencies import Statistics
from ..execution.migration_runner import Step

LARGE_ROWS: Final = 1_000
"""A table with fewer rows is small: what reads or writes it whole takes a few milliseconds."""
READS_BLOCKED: Final = frozenset({"AccessExclusiveLock"})
WRITES_BLOCKED: Final = READS_BLOCKED | {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock"}
_COMMENTS: Final = re.compile(r"\A(?:\s|--[^\n]*\n|/\*.*?\*/)+", re.DOTALL)
_TABLES: Final = """
    SELECT c.oid::bigint, n.nspname || '.' || c.relname, greatest(c.reltuples, 0)::bigint, c.relkind = 'm'
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND c.relname <> 'django_migrations'
"""


@dataclass(frozen=True)
class Table:
    """A table that was there before the migrations."""

    name: str
    """Qualified."""
    rows: int
    live_rows: int = 0
    """Rows of the live database, where its statistics are known."""
    materialized: bool = False
    """Whether it is a materialized view."""

    @property
    def scale(self) -> float:
        """How many times the rows of the live table are those of this one, at least 1."""
        return max(1.0, self.live_rows / max(1, self.rows))

    @property
    def large(self) -> bool:
        """Whether it counts."""
        return self.rows >= LARGE_ROWS


Tables = Mapping[int, Table]
"""By oid: a clone of a database keeps them, and so does a table that is renamed."""


def read_tables(connection: Any, live: Statistics | None = None) -> Tables:
    """Read the tables of a database after ANALYZE; ``live``: statistics of the database that it stands for."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return {
            oid: Table(name, count, live.rows.get(name, 0) if live else 0, materialized)
            for oid, name, count, materialized in cursor.fetchall()
        }


@dataclass
class Statement:
    """One statement on record."""

    sql: str
    operation: int | None
    projects_own: bool
    """Whether the operation runs the project's own SQL or Python."""
    began: float
    ended: float
    transaction: str | None
    locks: Mapping[int, frozenset[str]]
    read: Mapping[int, int]
    changed: Mapping[int, int]
    """Table -> rows updated or deleted."""
    written: int
    rewritten: Sequence[int]
    emptied: Sequence[int]
    indexed: Sequence[int]
    sampled: bool
    repeated: int

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Statement":
        """Read the worker's form."""
        written = {int(oid): numbers for oid, numbers in entry["written"].items()}
        return cls(
            sql=_COMMENTS.sub("", entry["sql"]),
            operation=entry["operation"],
            projects_own=entry["own"],
            began=entry["began"],
            ended=entry["ended"],
            transaction=entry["transaction"],
            locks={int(oid): frozenset(modes) for oid, modes in entry["locks"].items()},
            read={int(oid): number for oid, number in entry["read"].items()},
            changed={oid: changed for oid, (_, changed) in written.items() if changed},
            written=sum(map(sum, written.values())),
            rewritten=entry["rewritten"],
            emptied=entry["emptied"],
            indexed=entry["indexed"],
            sampled=entry["sampled"],
            repeated=entry["repeated"],
        )

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began

    @property
    def works(self) -> int:
        """How many rows it read or wrote."""
        return max(self.written, *self.read.values(), 0)


@dataclass
class Transaction:
    """Statements that keep their locks to one end."""

    statements: list[Statement]
    ended: float
    """Seconds since the migration began."""
    taken: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Table -> number of the statement after which it was first locked against others, and the lock."""

    def __post_init__(self) -> None:
        for number, statement in enumerate(self.statements):
            seen = dict(statement.locks)
            if statement.sampled:
                # Samples may have missed it, and there is no other way to rewrite a table.
                seen |= dict.fromkeys(statement.rewritten, READS_BLOCKED)
            statement.locks = seen
            for oid, modes in seen.items():
                mode = next((each for each in _STRONGEST_FIRST if each in modes), "")
                if mode and (oid not in self.taken or mode in READS_BLOCKED - {self.taken[oid][1]}):
                    self.taken[oid] = (self.taken.get(oid, (number, ""))[0], mode)

    def blocked_ms(self, oid: int) -> float:
        """Return how long the table was locked against others, from the first such lock to the end."""
        if oid not in self.taken:
            return 0.0
        return 1000 * (self.ended - self.statements[self.taken[oid][0]].began)


_STRONGEST_FIRST: Final = ("AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock")


def transactions(step: Step) -> list[Transaction]:
    """Divide the statements of a migration by transaction."""
    statements = [Statement.of(entry) for entry in step.statements]
    grouped = [
        list(group)
        for _, group in groupby(
            enumerate(statements), lambda pair: pair[1].transaction or f"statement {pair[0]}"
        )
    ]
    found = []
    for place, group in enumerate(grouped):
        alone = step.locks_seen != "transaction" and len(group) == 1
        following = grouped[place + 1][0][1].began if place + 1 < len(grouped) else step.seconds
        found.append(
            Transaction(
                [each for _, each in group],
                group[0][1].ended if alone else max(following, group[-1][1].ended),
            )
        )
    return found
