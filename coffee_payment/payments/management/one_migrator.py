"""One process at a time migrates: an advisory lock of PostgreSQL, asked for again and again.

Waiting inside `pg_advisory_lock` would hold a snapshot for which the other's CREATE INDEX CONCURRENTLY
waits in turn, for ever; `pg_try_advisory_lock` ends at once, and nothing is held between two tries.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from django.core.management.base import CommandError
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError

LOCK: Final = 0x6D6967726174  # "migrat"
"""The key of the advisory lock; it counts in one database."""
POLL_S: Final = 0.5
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
LOCK_NOT_AVAILABLE: Final = "55P03"

logger = logging.getLogger("payments.migrations")


@contextmanager
def only_migrator(alias: str, wait_s: float) -> Iterator[Callable[[], None]]:
    """Hold the lock on a connection of its own; yield a function that raises if it was lost.

    Raises `CommandError` if another process keeps it for `wait_s` seconds.
    """
    holder: BaseDatabaseWrapper = connections[alias].copy()
    try:
        _wait(holder, wait_s)

        def held() -> None:
            try:
                with holder.cursor() as cursor:
                    cursor.execute("SELECT 1")
            except DatabaseError:
                raise CommandError("The connection that held the lock is gone; run again.") from None

        yield held
    finally:
        holder.close()


def _wait(holder: BaseDatabaseWrapper, wait_s: float) -> None:
    until = time.monotonic() + wait_s
    waited = False
    while True:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                return
        if time.monotonic() >= until:
            raise CommandError(
                f"Another process has been migrating for {wait_s:.0f} s; see what it waits for."
            )
        if not waited:
            logger.info("Another process migrates; waiting for it", extra={"wait_s": wait_s})
        waited = True
        time.sleep(POLL_S)


def is_lock_timeout(error: BaseException) -> bool:
    """Whether PostgreSQL gave up waiting for a lock."""
    cause = error.__cause__ or error
    return (getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)) == LOCK_NOT_AVAILABLE


class LockTimeouts:
    """How long statements wait for locks, and how often what gave up is tried again."""

    def __init__(self, lock_timeout_ms: int, retries: int) -> None:
        self.lock_timeout_ms = lock_timeout_ms
        self.left = retries
        self._pause_s = FIRST_PAUSE_S

    def apply(self, connection: BaseDatabaseWrapper) -> None:
        """Set the limit on a connection."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {self.lock_timeout_ms:d}")

    def again(self, error: OperationalError) -> bool:
        """Whether to try again after an error; wait before that, each time twice as long."""
        if not is_lock_timeout(error) or self.left == 0:
            return False
        self.left -= 1
        logger.warning(
            "A lock was not free; trying again",
            extra={
                "pause_s": self._pause_s,
                "tries_left": self.left,
                "lock_timeout_ms": self.lock_timeout_ms,
            },
        )
        time.sleep(self._pause_s)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        return True

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run one statement, as `execute_wrapper` calls it.

        Outside a transaction a statement that gave up has done nothing, and is tried again by itself.
        CREATE INDEX CONCURRENTLY blocks nobody while it waits, and would leave an invalid index: no limit.
        """
        connection = context["connection"]
        if connection.in_atomic_block:
            return execute(sql, params, many, context)
        concurrently = "CONCURRENTLY" in str(sql).upper()
        while True:
            try:
                with _no_limit(connection) if concurrently else nullcontext():
                    return execute(sql, params, many, context)
            except OperationalError as error:
                if not self.again(error):
                    raise


@contextmanager
def _no_limit(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()[0]
        cursor.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
