"""Indexes: pg_index, pg_opclass, the columns of pg_attribute that only expression keys have.

Most of the 4,000 indexes of a large database are plain ones: what is PostgreSQL's default is
settled by comparing numbers, and only the rest is looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from verification.schema.catalog.reader import FIRST_USER_OID, USER_NAMESPACE, Reader, column_options
from verification.schema.model import Key, Value

INDEXES: Final = f"""
SELECT i.indexrelid, i.indrelid, quote_ident(c.relname), i.indkey::text, i.indoption::text,
    i.indnkeyatts, i.indisclustered, i.indisreplident, a.amname,
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
FIXED: Final = 12

KEY_DETAILS: Final = f"""
SELECT i.indexrelid, k.attnum,
    CASE WHEN {{unusual}} THEN
        CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END
        || quote_ident(o.opcname) END,
    k.attoptions,
    CASE WHEN k.attcollation <> COALESCE(a.attcollation, t.typcollation)
        THEN k.attcollation::regcollation::text END,
    NULLIF(k.attstattarget, -1)
FROM pg_index i
JOIN pg_attribute k ON k.attrelid = i.indexrelid AND k.attnum <= i.indnkeyatts
JOIN pg_opclass o ON o.oid = i.indclass[k.attnum - 1]
JOIN pg_namespace n ON n.oid = o.opcnamespace
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.attnum - 1] AND a.attnum <> 0
JOIN pg_type t ON t.oid = COALESCE(a.atttypid, k.atttypid)
WHERE i.indexrelid >= {FIRST_USER_OID} AND ({{unusual}} OR k.attoptions IS NOT NULL OR k.attstattarget >= 0
    OR k.attcollation <> COALESCE(a.attcollation, t.typcollation))
"""

UNUSUAL: Final = """(NOT o.opcdefault OR o.opcintype NOT IN (
    CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END,
    CASE WHEN t.typtype = 'd' AND t.typbasetype = 1043 OR t.oid = 1043 THEN 25 WHEN t.oid = 650 THEN 869 END)
    AND o.opcintype NOT IN (2277, 3500, 3831, 4537, 2249) AND a.attnum IS NOT NULL)"""
"""Not the class that CREATE INDEX takes by itself: of another type than the column's (varchar takes
text's, cidr takes inet's) and not one of arrays, enums, ranges, multiranges or records."""

DETAILS: Final = ("operator_classes", "operator_class_parameters", "collations", "statistics_targets")

ORDERS: Final = {0: None, 1: "desc nulls last", 2: "nulls first", 3: "desc"}
"""Bits of pg_index.indoption: 1 descending, 2 nulls first."""


@dataclass(frozen=True)
class Index:
    """One index as the catalogs have it, before it is told as an index or as part of a constraint."""

    relation: int
    name: str
    columns: tuple[str, ...]
    """The columns that it cannot do without."""
    attributes: dict[str, Value]


def read(reader: Reader) -> dict[int, Index]:
    """Give every index by its OID; ``constraints`` tells which of them stand for a constraint."""
    statement = INDEXES.replace("{nulls_not_distinct}", reader.since(15, "i.indnullsnotdistinct", "false"))
    rows = reader.rows(statement)
    names = [each.name for each in reader.cursor.description][FIXED:]
    details: dict[int, dict[int, tuple[Any, ...]]] = {}
    for index, number, operator_class, parameters, *values in reader.rows(KEY_DETAILS.replace("{unusual}", UNUSUAL)):
        details.setdefault(index, {})[number] = (
            operator_class,
            column_options(parameters) or None,
            *values,
        )
    return {row[0]: _index(reader, row, names, details.get(row[0])) for row in rows}


def _index(
    reader: Reader, row: tuple[Any, ...], names: list[str], details: Mapping[int, tuple[Any, ...]] | None
) -> Index:
    (
        _,
        relation,
        name,
        numbers,
        options,
        width,
        clustered,
        identifies,
        method,
        expressions,
        used,
        parameters,
    ) = row[:FIXED]
    known = reader.columns.get(relation, {})
    columns = tuple(known.get(int(number), f"({number})") for number in numbers.split())
    keys = tuple(expressions) if expressions else columns[:width]
    attributes: dict[str, Value] = {"method": method, "keys": keys}
    attributes |= {key: value for key, value in zip(names, row[FIXED:], strict=True) if value is not None}
    if len(columns) > width:
        attributes["include"] = columns[width:]
    if options.strip("0 "):
        attributes["order"] = tuple(ORDERS[int(option) & 3] for option in options.split())
    if parameters:
        attributes["storage_parameters"] = tuple(sorted(parameters))
    if details:
        _add_details(attributes, details, width)
    if clustered or identifies:
        _mark_table(reader, relation, name, clustered, identifies)
    needed = columns if used is None else (*columns, *(known[number] for number in used if number in known))
    return Index(relation, name, tuple(dict.fromkeys(needed)), attributes)


def _add_details(attributes: dict[str, Value], details: Mapping[int, tuple[Any, ...]], width: int) -> None:
    """Tell what the keys do not share with their columns, one value a key, None where it is the default."""
    for place, attribute in enumerate(DETAILS):
        values = tuple(
            details[number][place] if number in details else None for number in range(1, width + 1)
        )
        if any(value is not None for value in values):
            attributes[attribute] = values


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
        parents = (table, *reader.column_keys(table, index.columns))
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
