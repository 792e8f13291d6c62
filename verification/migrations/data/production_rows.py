"""Production-like rows: generated in bulk, deterministic from a seed, knowing no project.

What a table is like comes from the database (types, keys, links) and from the models of
that point of the chain (choices, kinds of text); how many rows it gets, from its ratio in
``[tool.verification.rows]`` or, without one, from how many links it hangs on.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from ...postgres import driver
from ...postgres.driver import sql
from .columns import Layout, read_layouts
from .frequencies import Statistics, distributed
from .values import NULL_SHARE, ValueGenerator, value_generator

SEED: Final = 20251123
PARENTS_READ: Final = 10_000
"""Rows of an existing table that generated rows may point to."""
ATTEMPTS: Final = 20
"""How often a row is made anew that repeats a unique combination."""
MIN_ROWS: Final = 5
"""Rows of the smallest table."""
REFUSED: Final = ("22", "23", "P0")
"""Classes of SQLSTATE: a generated column or an index that cannot be computed, a constraint, RAISE in a trigger."""
DEFAULT_RATIOS: Final = (0.001, 0.02, 0.5)
"""Rows for each row of the largest table, by the length of the longest path of links."""


@dataclass
class Filling:
    """What was written into one database."""

    rows: dict[str, int] = field(default_factory=dict)
    """Qualified table -> rows."""
    left_empty: dict[str, str] = field(default_factory=dict)
    """Qualified table -> why it got none."""


def fill(
    connection: Any,
    described: list[Mapping[str, Any]],
    *,
    size: int,
    ratios: Mapping[str, float] | None = None,
    seed: int = SEED,
    least: int = MIN_ROWS,
    live: Statistics | None = None,
) -> Filling:
    """Fill every empty table that a model describes; ``size`` rows stand for the ratio 1, ``least`` for the smallest.

    ``connection`` is in autocommit mode. Tables that hold rows keep exactly those. With ``live``, a table
    gets the rows that it has in the live database, ``size`` at most, with its frequencies.
    """
    layouts = read_layouts(connection, described)
    wanted = {table["table"].strip('"') for table in described}
    filling = Filling()
    keys = _Keys(connection)
    for layout, depth in _in_order(layouts):
        if layout.name not in wanted or _has_rows(connection, layout):
            continue
        ratio = (ratios or {}).get(layout.name, DEFAULT_RATIOS[min(depth, len(DEFAULT_RATIOS) - 1)])
        count = max(least, round(size * ratio)) if ratio > 0 else 0
        if live is not None and live.rows.get(layout.qualified):
            count = min(size, live.rows[layout.qualified])
        if count:
            rng = random.Random(f"{seed}:{layout.name}")  # noqa: S311 - rows, not secrets
            _fill_table(connection, layout, count, rng, keys, filling, live)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return filling


def _in_order(layouts: Mapping[str, Layout]) -> Iterator[tuple[Layout, int]]:
    """Return tables after those that they point to, with the length of their longest path."""
    graph = {
        name: {target for target, _ in layout.links.values() if target != name}
        for name, layout in sorted(layouts.items())
    }
    while True:
        try:
            order = list(TopologicalSorter(graph).static_order())
            break
        except CycleError as error:
            # A circle of links is cut where it closes; that column stays NULL or the table empty.
            cycle: Sequence[str] = error.args[1]
            graph[cycle[1]].discard(cycle[0])
    depths: dict[str, int] = {}
    for name in order:
        depths[name] = max((depths[parent] + 1 for parent in graph[name]), default=0)
        yield layouts[name], depths[name]


class _Keys:
    """Values that links may take: of generated rows, or read from the table."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], list[str]] = {}

    def of(self, target: tuple[str, str]) -> list[str]:
        if target not in self._known:
            schema, table = target[0].split(".", 1)
            query = sql.SQL("SELECT {0}::text FROM {1} WHERE {0} IS NOT NULL ORDER BY {0} LIMIT %s").format(
                sql.Identifier(target[1]), sql.Identifier(schema, table)
            )
            with self._connection.cursor() as cursor:
                cursor.execute(query, (PARENTS_READ,))
                self._known[target] = [row[0] for row in cursor.fetchall()]
        return self._known[target]

    def add(self, table: str, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
        for place, name in enumerate(names):
            self._known[table, name] = [value for row in rows if (value := row[place]) is not None]


def _has_rows(connection: Any, layout: Layout) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(_identifier(layout)))
        return bool(cursor.fetchone()[0])


def _identifier(layout: Layout) -> sql.Identifier:
    return sql.Identifier(layout.schema, layout.name)


def _fill_table(
    connection: Any,
    layout: Layout,
    count: int,
    rng: random.Random,
    keys: _Keys,
    filling: Filling,
    live: Statistics | None,
) -> None:
    names = [name for name in layout.columns if name not in layout.generated]
    generators: list[ValueGenerator] = []
    for name in names:
        column = layout.columns[name]
        if name in layout.links:
            make, count = _link(layout, name, count, rng, keys)
        else:
            make = value_generator(column, rng)
        if make is None and column.not_null:
            filling.left_empty[layout.qualified] = (
                f"{name} points to {layout.links[name][0]}, which has no rows to spare"
                if name in layout.links
                else f"no values are known for type {column.type} of {name}"
            )
            return
        known = live.columns.get((layout.qualified, name)) if live else None
        generators.append(distributed(make, column, known, count, rng) if make and known else make or _null)
    rows = _distinct(generators, count, _combinations(layout, names))
    try:
        _copy(connection, layout, names, rows)
    except driver.Error as error:
        if driver.sqlstate(error)[:2] not in REFUSED:
            raise
        filling.left_empty[layout.qualified] = error.diag.message_primary or "refused"
        return
    keys.add(layout.qualified, names, rows)
    filling.rows[layout.qualified] = len(rows)


def _null(_: int) -> str | None:
    return None


def _link(
    layout: Layout, name: str, count: int, rng: random.Random, keys: _Keys
) -> tuple[ValueGenerator | None, int]:
    column = layout.columns[name]
    target = layout.links[name]
    parents = [] if target[0] == layout.qualified else keys.of(target)
    if not parents:
        return None, count
    if column.unique:
        return lambda row: parents[row], min(count, len(parents))

    def choose(_: int) -> str | None:
        if not column.not_null and rng.random() < NULL_SHARE:
            return None
        # A few parents have most of the children, as machines at good places do.
        return parents[int(len(parents) * rng.random() ** 2)]

    return choose, count


def _combinations(layout: Layout, names: Sequence[str]) -> list[list[int]]:
    """Return the places of the columns of each unique key; single ones are distinct by their generators."""
    return [
        [names.index(name) for name in unique]
        for unique in layout.uniques
        if set(unique) <= set(names) and (len(unique) > 1 or layout.columns[unique[0]].choices)
    ]


def _distinct(
    generators: Sequence[ValueGenerator], count: int, combinations: list[list[int]]
) -> list[list[str | None]]:
    rows = []
    seen: list[set[tuple[str | None, ...]]] = [set() for _ in combinations]
    for number in range(count):
        for _ in range(ATTEMPTS):
            row = [make(number) for make in generators]
            marks = [tuple(row[place] for place in places) for places in combinations]
            if not any(mark in known for mark, known in zip(marks, seen, strict=True)):
                for mark, known in zip(marks, seen, strict=True):
                    known.add(mark)
                rows.append(row)
                break
    return rows


def _copy(
    connection: Any, layout: Layout, names: Sequence[str], rows: Sequence[Sequence[str | None]]
) -> None:
    lines = ["\t".join("\\N" if value is None else value for value in row) for row in rows]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    with connection.cursor() as cursor:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_identifier(layout), columns)
        driver.copy(cursor, statement, lines)
        for name in names:
            cursor.execute(
                "SELECT pg_get_serial_sequence(%s, %s)",
                (sql.Identifier(layout.schema, layout.name).as_string(connection), name),
            )
            if sequence := cursor.fetchone()[0]:
                query = sql.SQL("SELECT setval(%s, (SELECT max({}) FROM {}))")
                cursor.execute(query.format(sql.Identifier(name), _identifier(layout)), (sequence,))
