"""All rows of small databases, to say row by row what a migration changed in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...postgres.driver import sql
from ...words import counted
from .columns import read_layouts
from .digests import BOOKKEEPING, SESSION


@dataclass(frozen=True)
class Table:
    """One table: primary key -> column -> value as text. A table without a key has its number of rows alone."""

    rows: Mapping[tuple[str, ...], Mapping[str, str | None]]
    count: int


@dataclass
class Change:
    """What became of the rows of one table."""

    lost: int = 0
    added: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    """Column of both sides -> rows in which its value is another one."""

    @property
    def line(self) -> str:
        """The change in words, without a value."""
        parts = [f"{name} changed in {counted(count, 'row')}" for name, count in sorted(self.columns.items())]
        parts += [f"{counted(self.lost, 'row')} removed"] * bool(self.lost)
        parts += [f"{counted(self.added, 'row')} added"] * bool(self.added)
        return ", ".join(parts)


def take(connection: Any) -> dict[str, Table]:
    """Read every table but the record of migrations."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        for name, layout in read_layouts(connection).items():
            if layout.name in BOOKKEEPING:
                continue
            columns = list(layout.columns)
            texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(each)) for each in columns)
            cursor.execute(
                sql.SQL("SELECT {} FROM {}").format(texts, sql.Identifier(layout.schema, layout.name))
            )
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            keyed = {tuple(str(row[each]) for each in layout.primary_key): row for row in rows}
            found[name] = Table(keyed if layout.primary_key else {}, len(rows))
    return found


def changes(before: Mapping[str, Table], after: Mapping[str, Table]) -> dict[str, Change]:
    """Compare the tables of both sides."""
    found = {}
    for name in sorted(before.keys() & after.keys()):
        left, right = before[name], after[name]
        change = Change()
        if left.rows or right.rows:
            change.lost, change.added = (
                len(one.rows.keys() - other.rows.keys()) for one, other in ((left, right), (right, left))
            )
        else:
            change.lost, change.added = max(0, left.count - right.count), max(0, right.count - left.count)
        for key in left.rows.keys() & right.rows.keys():
            one, other = left.rows[key], right.rows[key]
            for column in one.keys() & other.keys():
                if one[column] != other[column]:
                    change.columns[column] = change.columns.get(column, 0) + 1
        if change.line:
            found[name] = change
    return found
