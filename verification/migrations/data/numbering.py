"""Whether the next row of each table gets a key that is free: the position of its sequence against its rows.

Rows that were written with their keys (fixtures, copies of another table) do not move the sequence that numbers
the table: the schema and the rows are as they should be, and the next INSERT fails.
https://docs.djangoproject.com/en/stable/ref/databases/#manually-specified-autoincrement-pk
A position that a migration set ahead of the rows, or one of a sequence that numbers no column, is no trace of rows
that came and went: both chains must have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...postgres.driver import sql
from ...schema.comparison.difference import Difference

SEQUENCES: Final = """
    SELECT sn.nspname, s.relname, n.nspname, c.relname, a.attname, q.seqincrement > 0,
        EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1
            AND i.indkey[0] = a.attnum)
    FROM pg_sequence q
    JOIN pg_class s ON s.oid = q.seqrelid JOIN pg_namespace sn ON sn.oid = s.relnamespace
    LEFT JOIN (
        SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'i' AND refobjsubid > 0
        UNION
        SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d
        JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
        WHERE d.refclassid = 'pg_class'::regclass
    ) o ON o.sequence = q.seqrelid
    LEFT JOIN pg_class c ON c.oid = o.relation LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = o.relation AND a.attnum = o.number
    WHERE a.attnum IS NULL OR a.atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
    ORDER BY 1, 2, 3, 4, 5
"""
"""Sequences, with the columns that they number: identity columns, and defaults that call nextval."""
POSITION: Final = """
    SELECT %s, %s::boolean, {furthest}, s.last_value::numeric + CASE WHEN s.is_called THEN q.seqincrement ELSE 0 END,
        q.seqincrement, NOT s.is_called AND s.last_value <> q.seqstart, q.seqmin, q.seqmax, q.seqcycle
    FROM {sequence} s, pg_sequence q WHERE q.seqrelid = %s::regclass
"""
FREE, TAKEN, ENDED = "a free one", "one that a row has", "none, the sequence is at its end"


@dataclass(frozen=True)
class Position:
    """Where a sequence is."""

    next: int
    key: str
    """What the next row gets: FREE, TAKEN or ENDED."""
    is_set: bool
    """Whether the next number was set, and does not follow from the rows."""


def read(connection: Any) -> dict[str, Position]:
    """Return column, or sequence that numbers none (with schema) -> its position."""
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        queries, values = [], []
        for sequence_schema, sequence, schema, table, column, ascending, unique in cursor.fetchall():
            named = sql.Identifier(sequence_schema, sequence)
            most = sql.SQL("(SELECT {}({})::numeric FROM {})").format(
                sql.SQL("max" if ascending else "min"), sql.Identifier(column), sql.Identifier(schema, table)
            ) if column else sql.SQL("NULL::numeric")  # fmt: skip
            queries.append(sql.SQL(POSITION).format(furthest=most, sequence=named))
            name = f"{schema}.{table}.{column}" if column else f"{sequence_schema}.{sequence}"
            values += [name, unique if column else None, named.as_string(connection)]
        if not queries:
            return {}
        cursor.execute(sql.SQL(" UNION ALL ").join(queries), values)
        return {name: _position(*row) for name, *row in cursor.fetchall()}


def _position(
    unique: bool | None,
    furthest: int | None,
    following: int,
    step: int,
    is_set: bool,
    least: int,
    most: int,
    cycles: bool,
) -> Position:
    """``unique``: of the column's values; None: there is no column."""
    passed = furthest is not None and (furthest >= following if step > 0 else furthest <= following)
    key = TAKEN if unique and passed else FREE
    if not cycles and not least <= following <= most:
        key = ENDED
    follows = furthest is not None and following == furthest + step
    return Position(int(following), key, unique is None or (is_set and not follows))


def compare(left: Mapping[str, Position], right: Mapping[str, Position]) -> list[Difference]:
    """Name the columns that cannot take the next row on a side, and positions that only one side was set to."""
    found = []
    for name in sorted(left.keys() | right.keys()):
        sides = [side[name] for side in (left, right) if name in side]
        keys = [side[name].key if name in side else FREE for side in (left, right)]
        if set(keys) != {FREE}:
            found.append(Difference("row", name, "changed", "next_key", *keys))
        elif len({each.next for each in sides}) > 1 and any(each.is_set for each in sides):
            found.append(Difference("row", name, "changed", "next_key", *(str(each.next) for each in sides)))
    return found
