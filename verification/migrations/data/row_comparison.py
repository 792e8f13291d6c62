"""Rows that migrations leave behind, compared between two databases.

Rows are matched by a natural key: a unique key without surrogates, links resolved to the
natural key of what they point to. Order and surrogate keys are of no account.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from ...postgres import driver
from ...postgres.driver import sql
from ...schema.comparison.difference import Difference
from . import numbering
from .columns import Layout, read_layouts
from .digests import BOOKKEEPING

SURROGATES: Final = {"smallint", "integer", "bigint", "uuid"}
"""Types of single-column primary keys that name a row without saying anything of it."""

Row = dict[str, str | None]
Place = tuple[str, str]
"""Qualified table and column."""


@dataclass
class DatabaseRows:
    """All rows of one database."""

    layouts: Mapping[str, Layout]
    tables: Mapping[str, Sequence[Row]]
    volatile: frozenset[Place] = frozenset()
    """Columns that differ between two runs of one chain (clocks, random values): not compared."""
    positions: Mapping[str, numbering.Position] = field(default_factory=dict)
    """Of the sequences."""
    _found: dict[Place, dict[str | None, Row]] = field(default_factory=dict, repr=False)

    def surrogate(self, table: str) -> str | None:
        """Return the table's surrogate key."""
        layout = self.layouts[table]
        if len(layout.primary_key) != 1 or layout.primary_key[0] in layout.links:
            return None
        column = layout.columns[layout.primary_key[0]]
        return column.name if column.base in SURROGATES else None

    def compared(self, table: str) -> list[str]:
        """Return the columns whose content counts."""
        surrogate = self.surrogate(table)
        return [
            name
            for name in self.layouts[table].columns
            if name != surrogate and (table, name) not in self.volatile
        ]

    def key_columns(self, table: str) -> list[str]:
        """Return the natural key; every compared column where the table has none."""
        columns = self.compared(table)
        fitting = [unique for unique in self.layouts[table].uniques if set(unique) <= set(columns)]
        return list(min(fitting, key=lambda unique: (len(list(unique)), unique))) if fitting else columns

    def value(self, table: str, name: str, row: Row, trail: tuple[str, ...] = ()) -> str:
        """Return a column's content; a link as the natural key of what it points to."""
        content = row[name]
        link = self.layouts[table].links.get(name)
        if content is None or link is None:
            return "NULL" if content is None else content
        target, target_column = link
        parent = self._by_column(target, target_column).get(content)
        if parent is None or target in trail or target_column in self.compared(target):
            return content
        return f"({self.key(target, parent, (*trail, table))})"

    def key(self, table: str, row: Row, trail: tuple[str, ...] = ()) -> str:
        """Return a row's natural key as text: ``name=x, site=(domain=y)``."""
        return ", ".join(f"{name}={self.value(table, name, row, trail)}" for name in self.key_columns(table))

    def _by_column(self, table: str, name: str) -> dict[str | None, Row]:
        if (table, name) not in self._found:
            self._found[table, name] = {row[name]: row for row in self.tables.get(table, ())}
        return self._found[table, name]

    @cached_property
    def contents(self) -> dict[Place, Counter[str]]:
        """Give, for each column, its values with how often they occur."""
        return {
            (table, name): Counter(self.value(table, name, row) for row in rows)
            for table, rows in self.tables.items()
            for name in self.compared(table)
        }


def read(url: str) -> DatabaseRows:
    """Read all rows of all tables but the bookkeeping; for databases that no user has filled."""
    with closing(driver.connect(url)) as connection:
        layouts = read_layouts(connection)
        return DatabaseRows(
            layouts,
            {
                name: _read_table(connection, layout)
                for name, layout in layouts.items()
                if layout.name not in BOOKKEEPING
            },
            positions=numbering.read(connection),
        )


def _read_table(connection: Any, layout: Layout) -> list[Row]:
    names = list(layout.columns)
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names),
        sql.Identifier(layout.schema, layout.name),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute(query)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def compare(
    left: DatabaseRows, right: DatabaseRows, again: Callable[[], DatabaseRows] | None = None
) -> list[Difference]:
    """Compare the rows of two databases, table by table (tables that only one has are the schema's matter).

    ``again`` gives the rows of a second run of the left chain: what differs between its two
    runs is chance, and is left out.
    """
    found = _compare(left, right)
    if not found or again is None:
        return found
    second = again()
    volatile = frozenset(
        place for place, content in left.contents.items() if second.contents.get(place, content) != content
    )
    if not volatile:
        return found
    return _compare(
        DatabaseRows(left.layouts, left.tables, volatile), DatabaseRows(right.layouts, right.tables, volatile)
    )


_FILLED_BY_SIGNALS: Final = frozenset({"django_content_type", "auth_permission"})
"""``post_migrate`` fills them in whatever order models come, and nobody writes their keys down."""


def other_keys(left: DatabaseRows, right: DatabaseRows) -> list[Difference]:
    """Return, as information, the tables in which rows that are the same have other surrogate keys.

    Numbers only; one line a table, with the first such row.
    """
    found = []
    for table in sorted(left.tables.keys() & right.tables.keys()):
        name = left.surrogate(table)
        if left.layouts[table].name in _FILLED_BY_SIGNALS:
            continue
        if name is None or name != right.surrogate(table) or left.layouts[table].columns[name].base == "uuid":
            continue
        ours, theirs = (
            {rows.key(table, row): row[name] for row in rows.tables[table]} for rows in (left, right)
        )
        other = sorted(key for key in ours.keys() & theirs.keys() if ours[key] != theirs[key])
        if other and len(ours) == len(left.tables[table]) and len(theirs) == len(right.tables[table]):
            where = f"{table}({other[0]})" + (f" and {len(other) - 1} more" if len(other) > 1 else "")
            found.append(Difference("row", where, "changed", name, ours[other[0]], theirs[other[0]]))
    return found


def _compare(left: DatabaseRows, right: DatabaseRows) -> list[Difference]:
    found: list[Difference] = []
    for table in sorted(left.tables.keys() & right.tables.keys()):
        if left.tables[table] or right.tables[table]:
            found += _compare_table(table, left, right)
    return found


def _compare_table(table: str, left: DatabaseRows, right: DatabaseRows) -> list[Difference]:
    sides = [_keyed(table, rows) for rows in (left, right)]
    found = []
    for key in sorted(sides[0].keys() | sides[1].keys()):
        name = f"{table}({key})"
        ours, theirs = sides[0].get(key, []), sides[1].get(key, [])
        if len(ours) == len(theirs) == 1:
            shared = [
                column for column in ours[0] if column in theirs[0] and ours[0][column] != theirs[0][column]
            ]
            found += [
                Difference("row", name, "changed", column, ours[0][column], theirs[0][column])
                for column in shared
            ]
        elif not theirs:
            found.append(Difference("row", name, "removed", left=ours[0]))
        elif not ours:
            found.append(Difference("row", name, "added", right=theirs[0]))
        elif len(ours) != len(theirs):
            found.append(Difference("row", name, "changed", "number of equal rows", len(ours), len(theirs)))
    return found


def _keyed(table: str, rows: DatabaseRows) -> dict[str, list[dict[str, str]]]:
    keyed: dict[str, list[dict[str, str]]] = {}
    columns = rows.compared(table)
    for row in rows.tables[table]:
        content = {name: rows.value(table, name, row) for name in columns}
        keyed.setdefault(rows.key(table, row), []).append(content)
    return keyed
