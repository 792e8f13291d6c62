"""Statements that PostgreSQL parses and plans once for each connection (PREPARE), and afterwards only runs (EXECUTE).

For the statements of every order planning takes longer than running. A statement's name is a digest of its text, so
that a name never means two statements. Where a prepared statement cannot be used - a pooler gave the session to
somebody else, or a migration changed a column's type - the connection goes on without them.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

_PLAN_ONCE: Final = "SET plan_cache_mode = force_generic_plan"
"""Otherwise joins are planned anew each time; `test_plans` asks for the plans for all values."""
_UNUSABLE: Final = frozenset({"0A000", "26000", "42P05"})
"""SQLSTATE of a plan whose result would have another type, of a name that is unknown, and of one that is taken."""


def execute(connection: BaseDatabaseWrapper, cursor: Any, sql: str, values: Sequence[Any]) -> None:
    """Execute a statement, as a prepared one where there are such. Wrappers of the connection see it as it is."""
    if connection.vendor != "postgresql" or not settings.DB_PREPARED_STATEMENTS:
        cursor.execute(sql, values)
        return
    with connection.execute_wrapper(_execute):  # the innermost
        cursor.execute(sql, values)


def _execute(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
    connection = context["connection"]
    known = _known(connection)
    if known is None:
        return execute(sql, values, many, context)
    try:
        call = known.get(sql)
        if call is None:
            if not known:
                _execute_raw(connection, context["cursor"], _PLAN_ONCE)
            call = known[sql] = _prepare(sql, len(values), connection, context["cursor"])
        return execute(call, values, many, context)
    except DatabaseError as error:
        if _state(error) not in _UNUSABLE:
            raise
        logger.warning("prepared statements cannot be used", extra={"reason": str(error)})
        connection.prepared = connection.connection, None
        if connection.in_atomic_block:
            # PostgreSQL has ended the transaction; the next one will do.
            raise OperationalError("prepared statements cannot be used") from error
        return execute(sql, values, many, context)


def _known(connection: Any) -> dict[str, str] | None:
    """Return what this connection has prepared, by the text of the statement; None when it must not."""
    opened, known = getattr(connection, "prepared", (None, None))
    if opened is not connection.connection:
        known = {}
        connection.prepared = connection.connection, known
    return known


def _prepare(sql: str, count: int, connection: BaseDatabaseWrapper, cursor: Any) -> str:
    """Prepare a statement; return the one that runs it."""
    name = f"payments_{hashlib.sha256(sql.encode()).hexdigest()[:24]}"
    text = sql % tuple(f"${number}" for number in range(1, count + 1))
    _execute_raw(connection, cursor, f"PREPARE {name} AS {text}")
    return f"EXECUTE {name}({', '.join(['%s'] * count)})" if count else f"EXECUTE {name}"


def _execute_raw(connection: BaseDatabaseWrapper, cursor: Any, sql: str) -> None:
    """Execute what no wrapper sees or counts."""
    with connection.wrap_database_errors:
        cursor.cursor.execute(sql)


def _state(error: DatabaseError) -> str | None:
    """Return the SQLSTATE, as psycopg2 or psycopg 3 gives it."""
    cause = error.__cause__
    return getattr(cause, "pgcode", None) or getattr(cause, "sqlstate", None)
