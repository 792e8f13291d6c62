"""The statements of one migration: when each ran, the locks it had, the rows it read and wrote.

PostgreSQL keeps a transaction's locks to its end, so what is read after each statement tells when
each lock was taken. Rows that DDL reads (a check of a constraint, the building of an index) are
counted as sequential reads like any other (``pg_stat_xact_all_tables``).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState

from .relations import Relations
from .statements import OWN, Statements, split

OUR_TABLE = "django_migrations"
READ_FULLY = 20
"""Repetitions of one statement that are read one by one; of later ones, each fiftieth is."""
SAMPLED_REPETITIONS = 50
SQL_LENGTH = 2000
OWN_OPERATIONS = (RunSQL, RunPython, SeparateDatabaseAndState)
"""Operations that run what the project has written."""
ROWS_ONLY = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|SAVEPOINT|RELEASE)\b", re.IGNORECASE)
"""Statements that change no relation, except that its files grow."""
STRENGTH = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
STATE = """
    SELECT (SELECT v.virtualtransaction FROM pg_locks v
            WHERE v.pid = pg_backend_pid() AND v.locktype = 'virtualxid' LIMIT 1),
           (SELECT json_agg(json_build_array(l.relation::bigint, l.mode)) FROM ({own}) l)::text,
           (SELECT json_agg(json_build_array(s.relid::bigint, s.seq_tup_read, s.n_tup_ins, s.n_tup_upd,
                                             s.n_tup_del))
            FROM pg_stat_xact_all_tables s
            WHERE s.schemaname NOT LIKE 'pg\\_%' AND s.relname <> '{ours}'
              AND s.seq_tup_read + s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0)::text,
           (pg_current_wal_insert_lsn() - '0/0')::bigint
""".format(own=OWN, ours=OUR_TABLE)  # noqa: S608 - of our own constants


class Sheet(Statements):
    """The record of one migration; an ``execute_wrapper`` of its connection."""

    def __init__(self, connection: Any, migration: Any) -> None:
        super().__init__()
        self.entries: list[dict[str, Any]] = []
        self.began = time.monotonic()
        self._connection = connection
        self._operation: int | None = None
        self.failed: int | None = None
        """The operation that raised an error."""
        self._deferred: dict[str, int] = {}
        self._last: dict[Any, dict[str, Any]] = {}
        self._unread = False
        self._atomic = migration.atomic
        self._own = {
            number for number, each in enumerate(migration.operations) if isinstance(each, OWN_OPERATIONS)
        }
        self._entry: dict[str, Any] | None = None
        self._seen: dict[Any, int] = {}
        self._locks: dict[int, str] = {}
        self._follow_operations(migration)
        with connection.connection.cursor() as cursor:
            self._numbers, self._wal = self._read_state(cursor)[2:]
            self._relations = Relations(cursor)
        self.seconds = 0.0
        self.began = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds since the migration began, without those of the reading itself."""
        return time.monotonic() - self.began - self.seconds

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run one statement as Django's ``execute_wrapper`` has it."""
        text = str(sql)
        if OUR_TABLE in text or not text.strip():
            return execute(sql, params, many, context)
        if params is None and context["connection"].in_atomic_block and len(parts := split(text)) > 1:
            # In a transaction they do the same one by one.
            for number, part in enumerate(parts):
                result = self._run(part, bool(number), execute, part, params, many, context)
            return result
        return self._run(text, False, execute, sql, params, many, context)

    def _run(
        self,
        text: str,
        part: bool,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: Any,
    ) -> Any:
        """Run one statement; ``part``: of a text with several, and not its first."""
        key = (text, self._operation)
        self._seen[key] = self._seen.get(key, 0) + 1
        repeated = self._seen[key] > READ_FULLY and self._seen[key] % SAMPLED_REPETITIONS
        if repeated and ROWS_ONLY.match(text):
            return self._repeat(self._last[key], execute, sql, params, many, context)
        if self._unread and not self._atomic:
            # What earlier transactions wrote is not this one's.
            with context["connection"].connection.cursor() as cursor:
                self._numbers = self._read_state(cursor)[2]
        self._unread = False
        operation = self._operation if self._operation is not None else self._deferred.get(text)
        entry = self._entry = self._last[key] = {
            "sql": text[:SQL_LENGTH],
            "operation": operation,
            "own": operation in self._own,
            "part": part,
            "began": self.now,
            "transaction": None,
            "locks": {},
            "read": {},
            "written": {},
            "rewritten": [],
            "emptied": [],
            "indexed": [],
            "disk": 0,
            "wal": 0,
            "repeated": 0,
            "sampled": False,
        }
        self.entries.append(entry)
        before, self.sampled = self.sampled, False
        try:
            result = super().__call__(execute, sql, params, many, context)
        finally:
            entry.setdefault("ended", self.now)
            entry["seconds"] = entry["ended"] - entry["began"]
            entry["sampled"] = self.sampled
            self.sampled = self.sampled or before
            self._entry = None
        if entry["sampled"]:
            self._read_after(context["connection"], entry)
        return result

    def failure(self) -> dict[str, Any]:
        """Say where an error came from: operation (a number or None) and the last statement."""
        last = self.entries[-1] if self.entries else {"operation": None, "sql": ""}
        operation = last["operation"] if self.failed is None else self.failed
        return {"operation": operation, "statement": last["sql"]}

    def _repeat(self, entry: dict[str, Any], execute: Callable[..., Any], *arguments: Any) -> Any:
        """Run a statement that ran often enough to be known, and add its time to the last one that was read."""
        began = self.now
        result = execute(*arguments)
        entry["repeated"] += 1
        entry["seconds"] += self.now - began
        entry["ended"] = self.now
        self._unread = True
        return result

    def cost(self) -> dict[str, Any]:
        """Return the record, with what the whole migration did to each table that was there before."""
        if self.entries:
            with self._connection.connection.cursor() as cursor:
                self._relations.compare(self.entries[-1], cursor)
        rewritten = {oid for entry in self.entries for oid in entry["rewritten"]}
        names = self._relations.names
        seen = "transaction"
        if not self._atomic:
            seen = "samples" if self.sampled else "statements"
        return {
            "locks_seen": seen,
            "locks": {names[oid]: mode for oid, mode in sorted(self._locks.items()) if oid in names},
            "rewritten": sorted(names[oid] for oid in rewritten if oid in names),
            "rows": {names[oid]: rows for oid, rows in self._relations.estimates.items()},
            "statements": self.entries,
        }

    def take(self, oid: int, mode: str) -> None:
        """Take a lock that a statement has."""
        if mode in STRENGTH and STRENGTH.index(mode) >= STRENGTH.index(self._locks.get(oid, STRENGTH[0])):
            self._locks[oid] = mode
        if self._entry is not None:
            self._entry["locks"].setdefault(oid, [])
            if mode not in self._entry["locks"][oid]:
                self._entry["locks"][oid].append(mode)

    def read(self, connection: Any) -> None:
        """Read what a statement has done, in its transaction."""
        entry = self._entry
        if entry is None:
            return
        entry["ended"] = self.now
        began = time.monotonic()
        with connection.connection.cursor() as cursor:
            entry["transaction"], locks, numbers, wal = self._read_state(cursor)
            entry["wal"], self._wal = wal - self._wal, wal
            for oid, mode in locks:
                self.take(oid, mode)
            self._compare_numbers(entry, numbers)
            if not ROWS_ONLY.match(entry["sql"]):
                self._relations.compare(entry, cursor)
        self.seconds += time.monotonic() - began

    def _read_after(self, connection: Any, entry: dict[str, Any]) -> None:
        began = time.monotonic()
        with connection.connection.cursor() as cursor:
            self._relations.compare(entry, cursor)
            _, _, self._numbers, wal = self._read_state(cursor)
            entry["wal"], self._wal = wal - self._wal, wal
        self.seconds += time.monotonic() - began

    def _read_state(self, cursor: Any) -> Any:
        cursor.execute(STATE)
        transaction, locks, numbers, wal = cursor.fetchone()
        counted = {row[0]: tuple(row[1:]) for row in json.loads(numbers or "[]")}
        return transaction, json.loads(locks or "[]"), counted, wal

    def _compare_numbers(self, entry: dict[str, Any], numbers: Any) -> None:
        for oid, now in numbers.items():
            before = self._numbers.get(oid, (0, 0, 0, 0))
            # PostgreSQL hands over what it counted from time to time, and starts at 0 again.
            read, inserted, updated, deleted = (
                new - old if new >= old else new for new, old in zip(now, before)
            )
            if read:
                entry["read"][oid] = read
            if inserted or updated or deleted:
                entry["written"][oid] = [inserted, updated + deleted]
        self._numbers = numbers

    def _follow_operations(self, migration: Any) -> None:
        """Know which operation runs, and to which one a deferred statement belongs."""
        for number, operation in enumerate(migration.operations):
            for name in ("database_forwards", "database_backwards"):
                setattr(operation, name, self._following(getattr(operation, name), number))

    def _following(self, method: Callable[..., Any], number: int) -> Callable[..., Any]:
        def run(app_label: Any, schema_editor: Any, *states: Any) -> Any:
            self._operation = number
            try:
                return method(app_label, schema_editor, *states)
            except BaseException:
                self.failed = number
                raise
            finally:
                self._operation = None
                for statement in schema_editor.deferred_sql:
                    self._deferred.setdefault(str(statement), number)

        return run
