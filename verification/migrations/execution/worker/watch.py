"""The cost of each migration: seconds, strongest lock on each table, tables rewritten.

The locks are read in the migration's own transaction, just before it commits, since
PostgreSQL keeps every lock to the end of the transaction (docs: "Explicit Locking").
A migration that is not atomic has released them by then, so each of its statements is watched.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from ....processes.serve import Channel
from . import network
from .sheet import Sheet
from .statements import OWN, Statements

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

TABLES = """
    SELECT c.oid, n.nspname || '.' || c.relname, pg_relation_filenode(c.oid), c.reltuples::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND c.relname <> 'django_migrations'
"""

TRANSACTION, STATEMENTS, SAMPLES = "transaction", "statements", "samples"
"""How a step's locks were read: all of them, all of them, those that were seen."""


class Watch:
    """Keeps the record of one run on one connection."""

    def __init__(self, connection: Any, channel: Channel, *, statements: bool = False) -> None:
        """``statements``: keep a record of each statement too."""
        self.connection = connection
        self.channel = channel
        self._each_statement = statements
        self.total = 0
        """How many steps this run will have."""
        self.steps: list[dict[str, Any]] = []
        self.current = ""
        """What runs now: a migration, or words for what else a failure would come from."""
        self._began = 0.0
        self._before: dict[int, tuple[Any, ...]] = {}
        self._locks: dict[int, str] = {}
        self._after: dict[int, tuple[Any, ...]] = {}
        self._statements: Statements | None = None
        self._wrapping = ExitStack()
        self._observe_commits()

    def __call__(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Take the executor's progress."""
        if action.endswith("apply_start"):
            self.current = "{}.{}".format(*_key(migration))
            self.channel.event("step", migration=self.current, done=len(self.steps), total=self.total)
            self._before, self._locks, self._after = self._tables(), {}, {}
            self._watch_statements(migration)
            self._began = time.monotonic()
        elif action.endswith("apply_success"):
            network.raise_if_called()
            self._finish(migration, time.monotonic() - self._began)

    def failure(self) -> dict[str, Any]:
        """Say where an error came from, as far as the statements are on record."""
        if self.current and isinstance(self._statements, Sheet):
            return self._statements.failure()
        return {}

    def _watch_statements(self, migration: Any) -> None:
        # A migration whose failure was caught leaves its wrapper installed.
        self._wrapping.close()
        self._statements = None
        if self._each_statement:
            self._statements = Sheet(self._take, self.connection, migration)
            self._wrapping.enter_context(self.connection.execute_wrapper(self._statements))
        elif not migration.atomic:
            self._statements = Statements(self._take)
            self._wrapping.enter_context(self.connection.execute_wrapper(self._statements))

    def _finish(self, migration: Any, seconds: float) -> None:
        app, name = _key(migration)
        self._wrapping.close()
        statements, seen = self._statements, TRANSACTION
        if statements is not None:
            seconds -= statements.seconds
        if statements is not None and not migration.atomic:
            seen = SAMPLES if statements.sampled else STATEMENTS
        after = self._after or self._tables()
        self.steps.append(
            {
                "app": app,
                "migration": name,
                "seconds": seconds,
                "locks_seen": seen,
                "locks": {
                    self._before[oid][0]: mode
                    for oid, mode in sorted(self._locks.items())
                    if oid in self._before
                },
                "rewritten": sorted(
                    row[0] for oid, row in self._before.items() if oid in after and after[oid][1] != row[1]
                ),
                "rows": {row[0]: row[2] for row in self._before.values()},
                "statements": getattr(statements, "entries", []),
            }
        )
        self.current = ""

    def _raw_cursor(self) -> Any:
        """Return the driver's own cursor, whose statements are not those of the migration."""
        self.connection.ensure_connection()
        return self.connection.connection.cursor()

    def _tables(self) -> dict[int, tuple[Any, ...]]:
        with self._raw_cursor() as cursor:
            cursor.execute(TABLES)
            return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}

    def _take(self, oid: int, mode: str) -> None:
        if mode in STRENGTH and STRENGTH.index(mode) >= STRENGTH.index(self._locks.get(oid, STRENGTH[0])):
            self._locks[oid] = mode

    def _commit(self) -> None:
        with self._raw_cursor() as cursor:
            cursor.execute(OWN)
            for oid, mode in cursor.fetchall():
                self._take(oid, mode)
        self._after = self._tables()

    def _observe_commits(self) -> None:
        """Return this one connection a schema editor that reports before it commits."""
        watch = self
        theirs: Any = self.connection.SchemaEditorClass

        class Editor(theirs):  # the project's backend decides the class
            def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
                if exc_type is None and self.atomic_migration:
                    # The deferred statements are part of the migration: they take locks too.
                    for statement in self.deferred_sql:
                        self.execute(statement, None)
                    self.deferred_sql = []
                    watch._commit()
                super().__exit__(exc_type, exc_value, traceback)

        self.connection.SchemaEditorClass = Editor


def _key(migration: Any) -> tuple[str, str]:
    return migration.app_label, migration.name
