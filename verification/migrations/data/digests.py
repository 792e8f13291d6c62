"""What a database holds, table by table and column by column, as numbers that survive a change of type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...postgres.driver import sql
from .columns import Layout, read_layouts

BOOKKEEPING: Final = frozenset({"django_migrations"})
"""Tables that say how a database came to be, not what it holds."""


@dataclass(frozen=True)
class Digest:
    """One table: its rows and one number for each column."""

    rows: int
    columns: Mapping[str, int | None]
    key: tuple[str, ...]
    """The columns that tie a value to its row."""


def take(connection: Any, like: Mapping[str, Digest] | None = None) -> dict[str, Digest]:
    """Read every table's digest. ``like``: tie values to rows by the keys of an earlier reading.

    A value enters as its text beside its row's key: a uuid that became text is the same, two
    values that changed places are not. The order of rows is of no account.
    """
    layouts = read_layouts(connection)
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'")
        for name, layout in layouts.items():
            if layout.name in BOOKKEEPING:
                continue
            earlier = (like or {}).get(name)
            key = earlier.key if earlier is not None else layout.primary_key
            if not set(key) <= set(layout.columns):
                key = ()
            cursor.execute(_query(layout, key))
            count, *numbers = cursor.fetchone()
            found[name] = Digest(count, dict(zip(layout.columns, numbers, strict=True)), key)
    return found


def _query(layout: Layout, key: tuple[str, ...]) -> sql.Composed:
    row = sql.SQL(" || '|' || ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in key)
    prefix = sql.SQL("{} || '|' || ").format(row) if key else sql.SQL("")
    sums = [
        sql.SQL("sum(hashtextextended({}coalesce('=' || {}::text, ''), 0)::numeric)").format(
            prefix, sql.Identifier(name)
        )
        for name in layout.columns
    ]
    return sql.SQL("SELECT count(*), {} FROM {}").format(
        sql.SQL(", ").join(sums), sql.Identifier(layout.schema, layout.name)
    )


def changed(before: Mapping[str, Digest], after: Mapping[str, Digest]) -> dict[str, list[str]]:
    """Name what is not preserved: table -> columns of both states whose content differs, "(rows)" for their number."""
    found = {}
    for table in sorted(before.keys() & after.keys()):
        left, right = before[table], after[table]
        shared = [name for name in left.columns if name in right.columns]
        names = [name for name in shared if left.columns[name] != right.columns[name]]
        if left.rows != right.rows:
            names = ["(rows)", *names]
        if names:
            found[table] = names
    return found
