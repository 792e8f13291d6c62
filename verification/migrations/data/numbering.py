"""Whether the next row of each table gets a key that is free: the position of its sequence against its rows.

Rows that were written with their keys (fixtures, copies of another table) do not move the sequence that numbers
the table: the schema and the rows are as they should be, and the next INSERT fails.
https://docs.djangoproject.com/en/stable/ref/databases/#manually-specified-autoincrement-pk
"""

from collections.abc import Mapping
from typing import Any, Final

from ...postgres.driver import sql
from ...schema.comparison.difference import Difference
from .digests import BOOKKEEPING

NUMBERED: Final = """
    SELECT n.nspname, c.relname, a.attname, sn.nspname, s.relname, q.seqincrement > 0
    FROM (
        SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'i' AND refobjsubid > 0
        UNION
        SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d
        JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
        WHERE d.refclassid = 'pg_class'::regclass
    ) o
    JOIN pg_sequence q ON q.seqrelid = o.sequence
    JOIN pg_class s ON s.oid = o.sequence JOIN pg_namespace sn ON sn.oid = s.relnamespace
    JOIN pg_class c ON c.oid = o.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = o.relation AND a.attnum = o.number
    WHERE a.atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
        AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1
            AND i.indkey[0] = a.attnum)
    ORDER BY 1, 2, 3
"""
"""Columns whose values are unique and come from a sequence: identity columns, and defaults that call nextval."""
NEXT: Final = """
    SELECT %s, COALESCE((SELECT {most}({column}) FROM {table}) {beyond} last_value
        + CASE WHEN is_called THEN increment_by ELSE 0 END, false)
    FROM {sequence}, (SELECT seqincrement AS increment_by FROM pg_sequence WHERE seqrelid = %s::regclass) i
"""
FREE, TAKEN = "a free one", "one that a row has"


def taken(connection: Any) -> dict[str, bool]:
    """Return column (with schema and table) -> whether rows hold what its sequence has still to give."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERED)
        queries, values = [], []
        for schema, table, column, sequence_schema, sequence, ascending in cursor.fetchall():
            if table in BOOKKEEPING:
                continue
            named = sql.Identifier(sequence_schema, sequence)
            queries.append(
                sql.SQL(NEXT).format(
                    most=sql.SQL("max" if ascending else "min"),
                    beyond=sql.SQL(">=" if ascending else "<="),
                    column=sql.Identifier(column),
                    table=sql.Identifier(schema, table),
                    sequence=named,
                )
            )
            values += [f"{schema}.{table}.{column}", named.as_string(connection)]
        if not queries:
            return {}
        cursor.execute(sql.SQL(" UNION ALL ").join(queries), values)
        return dict(cursor.fetchall())


def compare(left: Mapping[str, bool], right: Mapping[str, bool]) -> list[Difference]:
    """Name the columns whose next value is taken on a side; both sides must be able to take a row."""
    return [
        Difference(
            "row", name, "changed", "next_key", *(TAKEN if side.get(name) else FREE for side in (left, right))
        )
        for name in sorted(left.keys() | right.keys())
        if left.get(name) or right.get(name)
    ]
