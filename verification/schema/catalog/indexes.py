"""Indexes: pg_index, pg_opclass, the columns of pg_attribute that only expression keys have.

Most of the 4,000 indexes of a large database are plain ones: what is PostgreSQL's default is
settled by comparing numbers, and only the rest is looked up.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from verification.schema.catalog.keys import Keys
from verification.schema.catalog.reader import FIRST_USER_OID, USER_NAMESPACE, Reader
from verification.schema.model import Key, Value

INDEXES: Final = f"""
SELECT i.indexrelid, i.indrelid, quote_ident(c.relname), i.indkey::int2[], i.indclass::text,
    i.indcollation::text,
    i.indnkeyatts = i.indnatts AND i.indexprs IS NULL AND i.indpred IS NULL AND c.reloptions IS NULL
        AND NOT i.indisclustered AND NOT i.indisreplident AND 0 = ALL (i.indoption::int2[]),
    a.amname, i.indnkeyatts, i.indoption::int2[], i.indisclustered, i.indisreplident,
    CASE WHEN i.indexprs IS NOT NULL THEN
        ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false) FROM generate_series(1, i.indnkeyatts) n) END,
    CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN
        ARRAY(SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
            AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = i.indrelid AND d.refobjsubid > 0) END,
    c.reloptions,
    NULLIF(i.indisunique, false) AS unique,
    NULLIF({{nulls_not_distinct}}, false) AS nulls_not_distinct,
    pg_get_expr(i.indpred, i.indrelid) AS predicate,
    NULLIF(i.indisvalid, true) AS valid,
    NULLIF(i.indisready, true) AS ready,
    s.spcname AS tablespace
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am a ON a.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE i.indexrelid >= {FIRST_USER_OID} AND {USER_NAMESPACE}
"""
FIXED: Final = 15

ORDERS: Final = {0: None, 1: "desc nulls last", 2: "nulls first", 3: "desc"}
"""Bits of pg_index.indoption: 1 descending, 2 nulls first."""


class Index(NamedTuple):
    """One index as the catalogs have it, before it is told as an index or as part of a constraint."""

    relation: int
    name: str
    columns: tuple[int, ...]
    """Numbers of the columns that it cannot do without."""
    attributes: dict[str, Value]


def read(reader: Reader) -> dict[int, Index]:
    """Give every index by its OID; ``constraints`` tells which of them stand for a constraint."""
    statement = INDEXES.replace("{nulls_not_distinct}", reader.since(15, "i.indnullsnotdistinct", "false"))
    rows = reader.rows(statement)
    names = [each.name for each in reader.cursor.description][FIXED:]
    keys = Keys(reader)
    return {row[0]: _index(reader, row, names, keys) for row in rows}


def _index(reader: Reader, row: tuple[Any, ...], names: list[str], details: Keys) -> Index:
    oid, relation, name, numbers, classes, collations, is_plain = row[:7]
    known = reader.columns.get(relation, {})
    columns = [known.get(number) or f"({number})" for number in numbers]
    if is_plain:
        attributes: dict[str, Value] = {"method": row[7], "keys": tuple(columns)}
        needed = numbers
    else:
        attributes, needed = _unusual(reader, row, columns)
    for each, value in zip(names, row[FIXED:]):  # noqa: B905 - hot: once for each index
        if value is not None:
            attributes[each] = value
    width = len(attributes["keys"])
    attributes |= details.unusual(oid, relation, numbers[:width], classes, collations)
    return Index(relation, name, tuple(dict.fromkeys(needed)), attributes)


def _unusual(reader: Reader, row: tuple[Any, ...], columns: list[str]) -> tuple[dict[str, Value], list[int]]:
    """Give the attributes that few indexes have, and the numbers of the columns that it reads."""
    relation, name, numbers = row[1:4]
    method, width, options, clustered, identifies, expressions, used, parameters = row[7:FIXED]
    keys = tuple(expressions or columns[:width])
    attributes: dict[str, Value] = {"method": method, "keys": keys}
    if len(columns) > width:
        attributes["include"] = tuple(columns[width:])
    if any(options):
        attributes["order"] = tuple(ORDERS[option & 3] for option in options)
    if parameters:
        attributes["storage_parameters"] = tuple(sorted(parameters))
    if clustered or identifies:
        _mark_table(reader, relation, name, clustered, identifies)
    return attributes, [*numbers, *(used or ())]


def _mark_table(reader: Reader, relation: int, name: str, clustered: bool, identifies: bool) -> None:
    key = reader.addresses.get(("pg_class", relation, 0))
    if key is None:
        return
    attributes: Any = reader.entries[key].attributes
    if clustered:
        attributes["clustered_index"] = name
    if identifies and attributes.get("replica_identity") == "index":
        attributes["replica_identity"] = f"index {name}"


def record(reader: Reader, indexes: Mapping[int, Index]) -> None:
    """Record the indexes that stand for no constraint."""
    for oid, index in indexes.items():
        table = reader.addresses.get(("pg_class", index.relation, 0))
        if table is None:
            continue
        parents = (table, *reader.column_keys(index.relation, index.columns))
        if oid in reader.ancestors:
            parent = indexes.get(reader.ancestors[oid][0])
            if parent:
                whole = reader.addresses["pg_class", parent.relation, 0][1]
                index.attributes["partition_of"] = f"{whole}.{parent.name}"
                parents = (*parents, ("index", f"{whole}.{parent.name}"))
        reader.add("pg_class", oid, "index", f"{table[1]}.{index.name}", index.attributes, *parents)


def key_of(reader: Reader, index: Index) -> Key:
    """Give the key under which comments and grants find an index."""
    return ("index", f"{reader.addresses['pg_class', index.relation, 0][1]}.{index.name}")
