"""Locks of a migration that is not atomic, read statement by statement.

Outside a transaction PostgreSQL lets go of a statement's locks at its end, so each statement is
put into a transaction of its own, which is what it has anyway, and the locks are read before
that ends. A statement that refuses a transaction (CREATE INDEX CONCURRENTLY) is watched by a
second connection while it runs: what that sees are samples, and short locks may escape it.
"""

from __future__ import annotations

import abc
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlparse

from .failure import sqlstate

COMMENTS = r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*"
ALIKE = re.compile(
    COMMENTS
    + r"(ALTER|ANALYZE|CLUSTER|COMMENT|COPY|CREATE|DELETE|DO|DROP|GRANT|INSERT|MERGE|REFRESH|REINDEX|REVOKE"
    r"|SECURITY|SELECT|TRUNCATE|UPDATE|VACUUM|VALUES|WITH)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Statements that do the same in a transaction of their own (LOCK TABLE, for one, would begin to work)."""
ALONE = re.compile(COMMENTS + r"(BEGIN|COMMIT|LOCK|RESET|SET)\b", re.IGNORECASE | re.DOTALL)
QUOTE = re.compile(r"'|\$\w*\$")
NOTHING = re.compile(COMMENTS + r";?\s*\Z", re.DOTALL)
SPLIT_LENGTH = 100_000
"""Longer texts are data."""
NO_TRANSACTION = {"25001", "2D000"}
"""SQLSTATE of statements that refuse one: nothing has been done then."""
PAUSE = 0.002
"""Seconds between two samples."""

LOCKS = """
    SELECT l.relation, l.mode FROM pg_locks l
    WHERE l.pid = {pid} AND l.locktype = 'relation' AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
OWN = LOCKS.format(pid="pg_backend_pid()")

Take = Callable[[int, str], None]


def split(text: str) -> list[str]:
    """Return the statements of a text; the text alone where it is not certain what they are."""
    if ";" not in text.rstrip("; \n\t") or len(text) > SPLIT_LENGTH:
        return [text]
    found = [each for each in sqlparse.split(text) if not NOTHING.match(each)]
    whole = all(
        (ALIKE.match(each) or ALONE.match(each)) and not len(QUOTE.findall(each)) % 2 for each in found
    )
    return found if whole else [text]


class Statements(abc.ABC):
    """Calls ``read`` after each statement, before its transaction ends, and ``take`` for each lock of a sample."""

    def __init__(self) -> None:
        self.sampled = False
        """Whether a statement refused a transaction."""
        self.seconds = 0.0
        """What the reading itself cost."""

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run one statement as Django's ``execute_wrapper`` has it."""
        connection = context["connection"]
        if connection.in_atomic_block or not connection.get_autocommit():
            result = execute(sql, params, many, context)
            self.read(connection)
            return result
        if isinstance(sql, str) and ALIKE.match(sql):
            try:
                return self._in_a_transaction(execute, sql, params, many, context)
            except Exception as error:
                if sqlstate(error) not in NO_TRANSACTION:
                    raise
        self.sampled = True
        with _sampling(connection, self.take):
            return execute(sql, params, many, context)

    def _in_a_transaction(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        connection = context["connection"]
        raw = connection.connection.cursor()
        raw.execute("BEGIN")
        try:
            result = execute(sql, params, many, context)
            self.read(connection)
        except BaseException:
            # A connection that is gone has nothing to take back; the error itself is told.
            with suppress(Exception):
                raw.execute("ROLLBACK")
            raise
        with connection.wrap_database_errors:
            raw.execute("COMMIT")
        return result

    @abc.abstractmethod
    def read(self, connection: Any) -> None:
        """Read what a statement has done, in its transaction."""

    @abc.abstractmethod
    def take(self, oid: int, mode: str) -> None:
        """Take a lock that the statement has."""


@contextmanager
def _sampling(connection: Any, take: Take) -> Iterator[None]:
    """Look at the connection's locks from a second one, as often as can be, while the block runs."""
    with connection.connection.cursor() as raw:
        raw.execute("SELECT pg_backend_pid()")
        pid = int(raw.fetchone()[0])
    watcher = connection.get_new_connection(connection.get_connection_params())
    watcher.autocommit = True
    over = threading.Event()

    def watch() -> None:
        with suppress(Exception), watcher.cursor() as cursor:
            while not over.wait(PAUSE):
                cursor.execute(LOCKS.format(pid=pid))
                for oid, mode in cursor.fetchall():
                    take(oid, mode)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        watcher.close()
