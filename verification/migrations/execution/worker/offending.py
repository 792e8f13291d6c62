"""A job of the deploy gate: which rows a new constraint refuses, by their keys.

The migrations run again, and each statement in a savepoint: after the error the rows are still those that the
statement met.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from .failure import sqlstate

SHOWN = 5
"""Keys in a sample."""
IMPERSONAL = {"smallint", "integer", "bigint", "uuid"}
"""Types of keys that are shown; a text may be an e-mail address."""
NULL, FOREIGN, UNIQUE, CHECK = "23502", "23503", "23505", "23514"
CONSTRAINT = """
    SELECT pg_get_constraintdef(c.oid), c.contype::text, pg_get_expr(c.conbin, c.conrelid)
    FROM pg_constraint c WHERE c.conrelid = %s::regclass AND c.conname = %s
"""
LINK = """
    SELECT a.attname, c.confrelid::regclass::text, b.attname
    FROM pg_constraint c, unnest(c.conkey, c.confkey) AS k (own, other)
    JOIN pg_attribute a ON true JOIN pg_attribute b ON true
    WHERE c.conrelid = %s::regclass AND c.conname = %s AND a.attrelid = c.conrelid AND a.attnum = k.own
      AND b.attrelid = c.confrelid AND b.attnum = k.other
"""
KEY = """
    SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::smallint[])
    WHERE i.indrelid = %s::regclass AND i.indisprimary
"""


def offending(job: dict[str, Any]) -> dict[str, Any]:
    """Apply all that is unapplied; return ``rows``: what the statement that fails meets, in words, or an empty text."""
    for alias in job["databases"]:
        connection = connections[alias]
        wrapper = _Samples()
        try:
            with connection.execute_wrapper(wrapper):
                executor = MigrationExecutor(connection)
                executor.migrate(executor.loader.graph.leaf_nodes())
        except Exception:  # noqa: BLE001 - it is known, and told from the first run
            return {"rows": wrapper.found}
    return {"rows": ""}


class _Samples:
    """Keeps what the last statement that violated a constraint met."""

    def __init__(self) -> None:
        self.found = ""

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        connection = context["connection"]
        inside = connection.in_atomic_block
        _run(connection, "SAVEPOINT offending", inside)
        try:
            result = execute(sql, params, many, context)
        except Exception as error:
            state = sqlstate(error) or ""
            if state.startswith("23"):
                _run(connection, "ROLLBACK TO SAVEPOINT offending", inside)
                self.found = _describe(connection, state, error.__cause__ or error, str(sql), inside)
            raise
        _run(connection, "RELEASE SAVEPOINT offending", inside)
        return result


def _run(connection: Any, statement: str, inside: bool) -> None:
    if inside:
        with connection.connection.cursor() as cursor:
            cursor.execute(statement)


def _describe(connection: Any, state: str, error: Any, sql: str, inside: bool) -> str:
    diag = error.diag
    quote = connection.ops.quote_name
    table = "{}.{}".format(quote(diag.schema_name or "public"), quote(diag.table_name or ""))
    with connection.connection.cursor() as cursor:
        _begin(cursor, inside)
        try:
            condition = _condition(cursor, state, diag, table, sql, quote)
            return _sample(cursor, table, condition, quote) if condition else ""
        except Exception:  # noqa: BLE001 - the sample is no more than help
            return ""
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT sampling" if inside else "ROLLBACK")


def _begin(cursor: Any, inside: bool) -> None:
    cursor.execute("SAVEPOINT sampling" if inside else "BEGIN")


def _condition(cursor: Any, state: str, diag: Any, table: str, sql: str, quote: Any) -> str:
    """Return an SQL condition that is true for the rows that a constraint refuses; empty: it is not known."""
    if state == NULL:
        return "{} IS NULL".format(quote(diag.column_name)) if diag.column_name else ""
    if state == UNIQUE:
        return _repeated(diag, table, sql)
    name = diag.constraint_name
    cursor.execute(CONSTRAINT, (table, name))
    found = cursor.fetchone()
    if found is None:
        # The same constraint, which does not look at the rows.
        cursor.execute(sql.rstrip().rstrip(";") + " NOT VALID")
        cursor.execute(CONSTRAINT, (table, name))
        found = cursor.fetchone()
    if found is None:
        return ""
    if state == CHECK:
        return "NOT ({})".format(found[2])
    cursor.execute(LINK, (table, name))
    links = cursor.fetchall()
    filled = " AND ".join("{}.{} IS NOT NULL".format(table, quote(own)) for own, _, _ in links)
    equal = " AND ".join("t.{} = {}.{}".format(quote(other), table, quote(own)) for own, _, other in links)
    return "{} AND NOT EXISTS (SELECT FROM {} t WHERE {})".format(filled, links[0][1], equal)


def _repeated(diag: Any, table: str, sql: str) -> str:
    found = re.match(r"Key \((.*?)\)=\(", diag.message_detail or "")
    if not found:
        return ""
    partial = re.search(
        r"CREATE UNIQUE INDEX.*?\)\s*WHERE\s+(.*)$", sql.rstrip(" ;\n"), re.IGNORECASE | re.DOTALL
    )
    where = "WHERE {}".format(partial.group(1)) if partial else ""
    return "({keys}) IN (SELECT {keys} FROM {table} {where} GROUP BY {keys} HAVING count(*) > 1)".format(
        keys=found.group(1), table=table, where=where
    ) + (" AND ({})".format(partial.group(1)) if partial else "")


def _sample(cursor: Any, table: str, condition: str, quote: Any) -> str:
    cursor.execute("SELECT count(*) FROM {} WHERE {}".format(table, condition))
    count = cursor.fetchone()[0]
    if not count:
        return ""
    said = "{:,} row{} of {}".format(count, "" if count == 1 else "s", table.replace('"', ""))
    cursor.execute(KEY, (table,))
    key = cursor.fetchall()
    if not key or any(kind not in IMPERSONAL for _, kind in key):
        return said
    names = ", ".join(quote(name) for name, _ in key)
    cursor.execute(
        "SELECT {0} FROM {1} WHERE {2} ORDER BY {0} LIMIT {3}".format(names, table, condition, SHOWN)
    )
    keys = ", ".join("-".join(map(str, row)) for row in cursor.fetchall())
    return "{}, with the keys ({}): {}{}".format(
        said, ", ".join(name for name, _ in key), keys, ", ..." if count > SHOWN else ""
    )
