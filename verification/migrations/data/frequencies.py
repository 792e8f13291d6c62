"""How rows are distributed in a live database: its size and frequencies, and none of its values.

From ``pg_class`` and ``pg_stats`` (https://www.postgresql.org/docs/current/view-pg-stats.html), which ANALYZE fills.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

from .values import Column, ValueGenerator

_ROWS: Final = """
    SELECT n.nspname || '.' || c.relname, c.reltuples::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_COLUMNS: Final = """
    SELECT s.schemaname || '.' || s.tablename, s.attname, s.null_frac, s.n_distinct, s.most_common_freqs
    FROM pg_stats s WHERE s.schemaname !~ '^pg_' AND s.schemaname <> 'information_schema' AND NOT s.inherited
"""
_CHOICES: Final = """
    SELECT value, frequency
    FROM pg_stats s, unnest(s.most_common_vals::text::text[], s.most_common_freqs) AS m (value, frequency)
    WHERE s.schemaname || '.' || s.tablename = %s AND s.attname = %s AND m.value = ANY (%s) AND NOT s.inherited
"""
_TRIES: Final = 4
"""How many values are made for each distinct one that is wanted."""


@dataclass(frozen=True)
class Frequencies:
    """One column."""

    null_share: float
    distinct: float
    """Number of distinct values; negative: their share of the rows, with the sign changed."""
    common: Sequence[float] = ()
    """The shares of the most common values, the largest first."""
    choices: Mapping[str, float] = field(default_factory=dict)
    """Value -> its share, of values that the code itself lists."""


@dataclass(frozen=True)
class Statistics:
    """One live database."""

    rows: Mapping[str, int]
    """Qualified table -> rows."""
    columns: Mapping[tuple[str, str], Frequencies]
    """Qualified table and column -> frequencies."""


def read(connection: Any, described: Sequence[Mapping[str, Any]]) -> Statistics:
    """Read them; ``described``: the models, whose choices are the only values that are asked for."""
    choices = {
        (table["table"].strip('"'), column["name"]): [str(choice) for choice in column["choices"]]
        for table in described
        for column in table["columns"]
        if column.get("choices")
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        rows = {name: max(0, count) for name, count in cursor.fetchall()}
        cursor.execute(_COLUMNS)
        columns = {}
        for table, name, null_share, distinct, common in cursor.fetchall():
            listed = choices.get((table.rpartition(".")[2], name))
            found = {}
            if listed:
                cursor.execute(_CHOICES, (table, name, listed))
                found = dict(cursor.fetchall())
            columns[table, name] = Frequencies(null_share, distinct, common or (), found)
    return Statistics(rows, columns)


def distributed(
    make: ValueGenerator, column: Column, live: Frequencies, count: int, rng: random.Random
) -> ValueGenerator:
    """Return a generator whose values are as frequent as those of the live column.

    ``make`` gives the values, ``count`` is the number of rows. A unique column stays as it is.
    """
    if column.unique or column.primary_key:
        return make
    values, weights = list(live.choices), list(live.choices.values())
    if not values:
        distinct = live.distinct if live.distinct > 0 else -live.distinct * count
        values = _values(make, max(1, min(count, round(distinct))))
        common = live.common[: len(values)]
        rest = max(0.0, 1 - live.null_share - sum(common)) or 1e-9
        others = len(values) - len(common)
        weights = [*common, *[rest / others] * others] if others else list(common)
    if not values:
        return make
    cumulative = list(accumulate(weights))

    def choose(_: int) -> str | None:
        if not column.not_null and rng.random() < live.null_share:
            return None
        return rng.choices(values, cum_weights=cumulative)[0]

    return choose


def _values(make: ValueGenerator, number: int) -> list[str]:
    found: dict[str, None] = {}
    for row in range(_TRIES * number):
        if len(found) == number:
            break
        value = make(row)
        if value is not None:
            found[value] = None
    return list(found)
