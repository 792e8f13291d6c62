"""What of a migration's record stops traffic, or would on more rows.

It rests on what a statement did: the tables it rewrote, the rows it read or wrote, the locks its transaction had,
and for how long. Tables that the migrations create and small ones cost nobody anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..execution.migration_runner import Step
from .record import LARGE_ROWS, READS_BLOCKED, Statement, Table, Tables, Transaction, transactions

BATCH_ROWS: Final = 10_000
"""More rows changed in one transaction are no batch."""
LIMIT_MS: Final = 500.0
"""Whoever waits longer notices."""
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


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One cause for which others wait."""

    code: str
    """One of those that ``explain`` lists."""
    migration: str
    table: Table
    statement: Statement
    """What takes the time."""
    place: Statement
    """Where the migration has to change: the statement itself, or the one that took the lock."""
    blocks_reads: bool
    blocked_ms: float
    """How long the table was locked against others; 0: it was not."""
    evidence: tuple[str, ...]
    """What was measured, one fact a line."""
    also: tuple[str, ...] = ()
    """Other tables for which others wait from the same cause."""

    @property
    def above_limit(self) -> bool:
        """Whether it is an outage at the rows that the table has, here or in the live database."""
        return self.code == "rows-lost" or self.blocked_ms * self.table.scale >= LIMIT_MS

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.code}, {'; '.join(self.evidence)}"

    def to_json(self) -> dict[str, Any]:
        """Return it for a report."""
        return {
            "code": self.code,
            "table": self.table.name,
            "statement": short(self.place.sql),
            "blocked_ms": round(self.blocked_ms, 1),
            "evidence": list(self.evidence),
        }


def judge(step: Step, tables: Tables) -> Iterator[Cost]:
    """Find what one migration costs others; ``tables``: those that were there before the first one ran."""
    for transaction in transactions(step):
        judged = _Judged(transaction, step.migration, tables)
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
    also: frozenset[int]
    """Other tables."""


def _group(number: int, statement: Statement, oid: int) -> tuple[int, int]:
    """Return what statements of one cause share."""
    if statement.operation is None:
        return -1 - number, oid
    return statement.operation, oid if statement.projects_own else 0


class _Judged:
    """One transaction being judged: each statement is the cause of one finding at most."""

    def __init__(self, transaction: Transaction, migration: str, tables: Tables) -> None:
        self.transaction = transaction
        self.migration = migration
        self.tables = tables
        self.causes: set[int] = set()
        self.reported: set[int] = set()
        self.large = {oid for oid, table in tables.items() if table.large}

    def statements(self) -> Iterator[Cost]:
        """Find what statements do under their locks: one cause for each operation of Django's own.

        Where an operation runs SQL or Python of the project, it is one for each table.
        """
        groups: dict[tuple[int, int], list[_Seen]] = {}
        for number, statement in enumerate(self.transaction.statements):
            if seen := self._seen(number, statement):
                groups.setdefault(_group(number, statement, seen.oid), []).append(seen)
        for group in groups.values():
            first = min(group, key=lambda each: each.order)
            self.causes |= {each.number for each in group}
            self.reported |= {each.oid for each in group}
            tables = {oid for each in group for oid in (each.oid, *each.also)}
            yield self._cost(first.code, first.number, first.oid, also=tables - {first.oid})

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
        if code == "scanned-under-lock" and statement.written >= LARGE_ROWS:
            code = "lock-held-while-working"  # a block (DO) that does both
        elif code == "scanned-under-lock" and other and not ATTACHES.search(statement.sql):
            code = "other-table-locked"
        return _Seen(number, order, oid, code, frozenset(each[2] for each in found) - {oid})

    def _locked(self, oid: int, number: int) -> bool:
        """Whether others could not use a large table when a statement ran; nobody writes a materialized view."""
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

    def locks_held(self) -> Iterator[Cost]:
        """Find locks that are kept while later statements of the transaction work on rows; the longest is named."""
        held: dict[int, list[int]] = {}
        for number, statement in enumerate(self.transaction.statements):
            if statement.works < LARGE_ROWS or number in self.causes:
                continue
            locked = [oid for oid in self.transaction.taken if self._locked(oid, number - 1)]
            for oid in locked:
                if oid in held or oid not in self.reported:
                    held.setdefault(oid, []).append(number)
                    break
        for oid, numbers in held.items():
            self.reported.add(oid)
            self.causes |= {*numbers}
            longest = max(numbers, key=lambda number: self.transaction.statements[number].seconds)
            also = {
                each for each in self.transaction.taken if self._locked(each, longest - 1)
            } - self.reported
            yield self._cost("lock-held-while-working", longest, oid, also=also)

    def backfills(self) -> Iterator[Cost]:
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
                yield self._cost("unbatched-backfill", last[oid], oid, rows=rows)

    def _is_about(self, statement: Statement, oid: int) -> bool:
        """Whether the statement changes this table, and names no other one before it."""
        found = SUBJECT.match(statement.sql)
        return found is None or found[1] == self.tables[oid].name.rpartition(".")[2]

    def _cost(self, code: str, number: int, oid: int, *, also: set[int] | None = None, rows: int = 0) -> Cost:
        statement, table = self.transaction.statements[number], self.tables[oid]
        taken, mode = self.transaction.taken.get(oid, (number, ""))
        blocked = self.transaction.blocked_ms(oid)
        evidence = [f"{table.name}: {table.rows:,} rows"]
        if table.scale > 1:
            evidence[0] += f" here, {table.live_rows:,} in the live database"
        if mode:
            own = 1000 * statement.seconds
            evidence.append(
                f"{_in_words(mode)} for {blocked:.0f} ms, of these {own:.0f} ms in this statement"
            )
        if code == "lock-held-while-working":
            evidence.append(
                f"then, in the same transaction: {short(statement.sql)} ({statement.works:,} rows)"
            )
        if rows:
            evidence.append(f"{rows:,} rows changed in one transaction")
        evidence += [
            f"locked as well: {self.tables[each].name} ({self.tables[each].rows:,} rows)"
            for each in sorted(also or ())
        ]
        return Cost(
            code=code,
            migration=self.migration,
            table=table,
            statement=statement,
            place=self.transaction.statements[taken] if code == "lock-held-while-working" else statement,
            blocks_reads=mode in READS_BLOCKED,
            blocked_ms=blocked,
            evidence=tuple(evidence),
            also=tuple(self.tables[each].name for each in sorted(also or ())),
        )


def _in_words(mode: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")).upper() + " lock"


def short(sql: str) -> str:
    """Return a statement in one line of a terminal."""
    text = " ".join(sql.split())
    return text if len(text) <= 160 else text[:157] + "..."  # noqa: PLR2004 - see above
