"""What the new migrations cost on rows: findings from the record of their statements.

A finding rests on what a statement did: the tables it rewrote, the rows it read or wrote, the locks its
transaction had, and for how long. Tables that the release creates and small ones lead to none.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from ..migrations.execution.migration_runner import Step
from .finding import Finding
from .remedies import remedy
from .tree import MigrationFile

LARGE_ROWS: Final = 1_000
"""A table with fewer rows is small: what reads or writes it whole takes a few milliseconds."""
BATCH_ROWS: Final = 10_000
"""More rows changed in one transaction are no batch."""
LIMIT_MS: Final = 500.0
READS_BLOCKED: Final = frozenset({"AccessExclusiveLock"})
WRITES_BLOCKED: Final = READS_BLOCKED | {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock"}
VALIDATES: Final = re.compile(r"\bVALIDATE\s+CONSTRAINT\b", re.IGNORECASE)
"""It takes no lock that blocks rows; one that is there was taken by an earlier statement."""
SUBJECT: Final = re.compile(
    r"\s*(?:ALTER\s+TABLE|CREATE\s[^(]*?\bON|DROP\s+TABLE|VACUUM\b[^;]*?)\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?"
    r"(?:\"?\w+\"?\.)?\"?(\w+)",
    re.IGNORECASE,
)
"""The table that a statement is about."""
REINDEX: Final = re.compile(r"\s*REINDEX\b", re.IGNORECASE)
"""It builds indexes anew that were there, and reads the table for it."""
ATTACHES: Final = re.compile(r"\bATTACH\s+PARTITION\b", re.IGNORECASE)
"""It reads the table that becomes a partition, which it names second."""
ROWS_ONLY: Final = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A table of the base."""

    name: str
    """Qualified."""
    rows: int
    live_rows: int = 0
    """Rows of the live database, where its statistics are known."""
    materialized: bool = False
    """Whether it is a materialized view, which nobody writes."""

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


@dataclass
class Statement:
    """One statement on record."""

    sql: str
    operation: int | None
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
            sql=entry["sql"],
            operation=entry["operation"],
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


def judge(step: Step, migration: MigrationFile, tables: Tables, root: Path) -> Iterator[Finding]:
    """Find what one migration costs others."""
    for transaction in transactions(step):
        judged = _Judged(transaction, migration, tables, root)
        yield from judged.statements()
        yield from judged.locks_held()
        yield from judged.backfills()


@dataclass(frozen=True)
class _Seen:
    """What one statement did under a lock."""

    number: int
    order: int
    """Of its kind, the worst first."""
    oid: int
    code: str
    also: Collection[int]
    """Other tables."""


class _Judged:
    """One transaction being judged: each statement is the cause of one finding at most."""

    def __init__(
        self, transaction: Transaction, migration: MigrationFile, tables: Tables, root: Path
    ) -> None:
        self.transaction = transaction
        self.migration = migration
        self.tables = tables
        self.root = root
        self.causes: set[int] = set()
        self.reported: set[int] = set()
        self.large = {oid for oid, table in tables.items() if table.large}

    def statements(self) -> Iterator[Finding]:
        """Find what statements do under their locks: one finding for an operation of Django's own.

        Of one that runs the project's SQL or Python it is one for each table.
        """
        groups: dict[tuple[int, int], list[_Seen]] = {}
        for number, statement in enumerate(self.transaction.statements):
            if seen := self._seen(number, statement):
                groups.setdefault(self._group(number, statement, seen.oid), []).append(seen)
        for group in groups.values():
            group.sort(key=lambda each: each.order)
            first, tables = group[0], {oid for each in group for oid in (each.oid, *each.also)}
            self.causes |= {each.number for each in group}
            self.reported |= {each.oid for each in group}
            yield self._finding(first.code, first.number, first.oid, also=tables - {first.oid})

    def _seen(self, number: int, statement: Statement) -> "_Seen | None":
        if ROWS_ONLY.match(statement.sql) or VALIDATES.search(statement.sql):
            return None
        found = [
            (order, not self._is_about(statement, oid), oid, code)
            for order, (code, oids) in enumerate(self._kinds(statement))
            for oid in oids
            if oid in statement.locks and self._locked(oid, number)
        ]
        if not found:
            return None
        order, other, oid, code = min(found)
        if code == "scanned-under-lock" and other and not ATTACHES.search(statement.sql):
            code = "other-table-locked"
        return _Seen(number, order, oid, code, {each[2] for each in found} - {oid})

    def _group(self, number: int, statement: Statement, oid: int) -> tuple[int, int]:
        if statement.operation is None:
            return -1 - number, oid
        own = self.migration.operations[statement.operation].kind in {"RunSQL", "RunPython"}
        return statement.operation, oid if own else 0

    def _locked(self, oid: int, number: int) -> bool:
        """Whether a statement ran while others could not use a large table as they do."""
        if oid not in self.large or oid not in self.transaction.taken:
            return False
        taken, mode = self.transaction.taken[oid]
        return taken <= number and (mode in READS_BLOCKED or not self.tables[oid].materialized)

    def _kinds(self, statement: Statement) -> list[tuple[str, Sequence[int]]]:
        scanned = [oid for oid, rows in statement.read.items() if rows >= LARGE_ROWS]
        indexed = scanned if REINDEX.match(statement.sql) else statement.indexed
        return [
            ("rows-lost", statement.emptied),
            ("table-rewritten", statement.rewritten),
            ("index-built-under-lock", () if statement.sampled else indexed),
            ("scanned-under-lock", scanned),
        ]

    def locks_held(self) -> Iterator[Finding]:
        """Find locks that are kept while later statements of the transaction work on rows."""
        for number, statement in enumerate(self.transaction.statements):
            if statement.works < LARGE_ROWS or number in self.causes:
                continue
            for oid in self.transaction.taken:
                if self._locked(oid, number - 1) and oid not in self.reported:
                    self.reported.add(oid)
                    self.causes.add(number)
                    yield self._finding("lock-held-while-working", number, oid)
                    break

    def backfills(self) -> Iterator[Finding]:
        """Find rows of one table that are changed all at once."""
        changed: dict[int, int] = {}
        last: dict[int, int] = {}
        for number, statement in enumerate(self.transaction.statements):
            for oid, rows in statement.changed.items():
                changed[oid] = changed.get(oid, 0) + rows
                last[oid] = number
        for oid, rows in changed.items():
            enough = max(LARGE_ROWS, min(BATCH_ROWS, self.tables[oid].rows // 2)) if oid in self.large else 0
            if enough and rows > enough and not self.causes & {last[oid]}:
                yield self._finding("unbatched-backfill", last[oid], oid, rows=rows)

    def _is_about(self, statement: Statement, oid: int) -> bool:
        """Whether the statement changes this table, and names no other one before it."""
        found = SUBJECT.match(statement.sql)
        return found is None or found[1] == self.tables[oid].name.rpartition(".")[2]

    def _finding(
        self, code: str, number: int, oid: int, *, also: set[int] | None = None, rows: int = 0
    ) -> Finding:
        statement, table = self.transaction.statements[number], self.tables[oid]
        taken, mode = self.transaction.taken.get(oid, (number, ""))
        blocked = self.transaction.blocked_ms(oid)
        place = self.transaction.statements[taken] if code == "lock-held-while-working" else statement
        operation = place.operation
        evidence = [f"{table.name}: {table.rows:,} rows"]
        if table.scale > 1:
            evidence[0] += f" here, {table.live_rows:,} in the live database"
        if mode:
            own = 1000 * (statement.ended - statement.began)
            evidence.append(
                f"{_in_words(mode)} for {blocked:.0f} ms, of these {own:.0f} ms in this statement"
            )
        if code == "lock-held-while-working":
            evidence.append(
                f"then, in the same transaction: {_short(statement.sql)} ({statement.works:,} rows)"
            )
        if rows:
            evidence.append(f"{rows:,} rows changed in one transaction")
        evidence += [
            f"locked as well: {self.tables[each].name} ({self.tables[each].rows:,} rows)"
            for each in sorted(also or ())
        ]
        kind = self.migration.operations[operation].kind if operation is not None else ""
        return Finding(
            code=code,
            migration=self.migration.name,
            table=table.name,
            statement=_short(place.sql),
            file=self.migration.relative(self.root),
            line=self.migration.line(operation),
            effect=EFFECTS[code].format(
                who="read or write" if mode in READS_BLOCKED else "write", table=table.name
            ),
            evidence=tuple(evidence),
            remedy=remedy(code, kind, statement.sql),
            blocked_ms=round(blocked, 1),
            above_limit=code == "rows-lost" or blocked * table.scale >= LIMIT_MS,
        )


EFFECTS: Final = {
    "table-rewritten": "nobody can {who} {table} while PostgreSQL writes it anew",
    "rows-lost": "the rows of {table} are gone, and with CASCADE those of tables that the migration does not name",
    "scanned-under-lock": "nobody can {who} {table} while PostgreSQL reads it whole",
    "index-built-under-lock": "nobody can {who} {table} while the index is built",
    "lock-held-while-working": "nobody can {who} {table} until later statements of the migration have ended",
    "other-table-locked": "nobody can {who} {table} while rows of another table are checked",
    "unbatched-backfill": "whoever changes the same rows of {table} waits for its end, and all dead rows come at once",
}


def _in_words(mode: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")).upper() + " lock"


def _short(sql: str) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= 160 else text[:157] + "..."  # noqa: PLR2004 - a line of a terminal
