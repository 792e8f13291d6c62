"""What a database holds, table by table and column by column, as numbers that survive a change of type."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ...postgres.driver import sql
from .columns import Layout, read_layouts

Values = Mapping[str, Mapping[str, Mapping[str, int | None]]]
"""Table -> the text of a row's key -> column -> hash of the value, None for NULL; without tables that have no key."""
SESSION: Final = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'"
"""Makes texts of values the same in every session."""
BOOKKEEPING: Final = frozenset({"django_migrations"})
"""Tables that say how a database came to be, not what it holds."""


@dataclass(frozen=True)
class Digest:
    """One table: its rows and one number for each column."""

    rows: int
    columns: Mapping[str, int | None]
    key: tuple[str, ...]
    """The columns that tie a value to its row."""

    def without(self, names: Collection[str]) -> "Digest":
        """Return it without some columns."""
        return replace(self, columns={name: each for name, each in self.columns.items() if name not in names})


def take(connection: Any, like: Mapping[str, Digest] | None = None) -> dict[str, Digest]:
    """Read every table's digest. ``like``: tie values to rows by the keys of an earlier reading.

    A value enters as its text beside its row's key: a uuid that became text is the same, two
    values that changed places are not. The order of rows is of no account.
    """
    layouts = read_layouts(connection)
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
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
    prefix = sql.SQL("{} || '|' || ").format(_text(key)) if key else sql.SQL("")
    sums = [
        sql.SQL("sum(hashtextextended({}coalesce('=' || {}::text, ''), 0)::numeric)").format(
            prefix, sql.Identifier(name)
        )
        for name in layout.columns
    ]
    return sql.SQL("SELECT count(*), {} FROM {}").format(
        sql.SQL(", ").join(sums), sql.Identifier(layout.schema, layout.name)
    )


def _text(key: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(" || '|' || ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in key)


def take_values(connection: Any) -> Values:
    """Read each value of the tables that have a primary key."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        for name, layout in read_layouts(connection).items():
            if layout.primary_key and layout.name not in BOOKKEEPING:
                hashes = [
                    sql.SQL("hashtextextended({}::text, 0)").format(sql.Identifier(each))
                    for each in layout.columns
                ]
                cursor.execute(
                    sql.SQL("SELECT {}, {} FROM {}").format(
                        _text(layout.primary_key),
                        sql.SQL(", ").join(hashes),
                        sql.Identifier(layout.schema, layout.name),
                    )
                )
                found[name] = {
                    key: dict(zip(layout.columns, row, strict=True)) for key, *row in cursor.fetchall()
                }
    return found


def lost(before: Values, after: Values, changed: Mapping[str, Sequence[str]]) -> bool:
    """Whether a value is gone or another one now; one in the place of NULL and one of a new row are no loss.

    ``changed``: tables and columns to look at, as the function of that name returns them.
    """
    for table, names in changed.items():
        if table not in before or table not in after:
            return True
        for key, row in before[table].items():
            now = after[table].get(key)
            if now is None or any(row.get(name) not in {None, now.get(name)} for name in names):
                return True
    return False


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
