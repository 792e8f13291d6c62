"""Indexes: pg_index, and the pg_attribute rows of index keys.

Most indexes of a large database have defaults only. Those are recognised by their numbers, and only the
rest is looked up.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypedDict

from ..model.identity import Identity
from ..model.objects import Value
from .index_keys import IndexKeys
from .reader import FIRST_USER_OID, USER_NAMESPACE, Reader, numbers

INDEXES: Final = f"""
SELECT i.indexrelid AS oid, i.indrelid AS relation, quote_ident(c.relname) AS name, i.indkey::text AS columns,
    i.indclass AS classes, i.indcollation AS collations, a.amname AS method, i.indisunique AS is_unique,
    pg_get_expr(i.indpred, i.indrelid) AS predicate,
    CASE WHEN 0 <> ANY (i.indoption::int2[]) THEN i.indoption::text END AS options,
    CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN array_to_string(
        ARRAY(SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
            AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = i.indrelid AND d.refobjsubid > 0), ' ') END AS used,
    CASE WHEN i.indnkeyatts <> i.indnatts OR i.indexprs IS NOT NULL OR c.reloptions IS NOT NULL
        OR i.indisclustered OR i.indisreplident OR {{nulls_not_distinct}} OR NOT i.indisvalid
        OR NOT i.indisready OR c.reltablespace <> 0
    THEN json_build_object(
        'width', i.indnkeyatts,
        'expressions', CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
            SELECT pg_get_indexdef(i.indexrelid, n, false) FROM generate_series(1, i.indnkeyatts) n) END,
        'storage_parameters', c.reloptions,
        'clustered', i.indisclustered,
        'identifies', i.indisreplident,
        'nulls_not_distinct', NULLIF({{nulls_not_distinct}}, false),
        'valid', NULLIF(i.indisvalid, true),
        'ready', NULLIF(i.indisready, true),
        'tablespace', (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace)) END AS rare
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am a ON a.oid = c.relam
WHERE i.indexrelid >= {FIRST_USER_OID} AND {USER_NAMESPACE}
ORDER BY c.relname, n.nspname
"""
"""Lists of numbers are text, because few are different; attributes that few indexes have are one JSON object."""
ORDERS: Final = {0: None, 1: "desc nulls last", 2: "nulls first", 3: "desc"}
"""Bits of pg_index.indoption: 1 descending, 2 nulls first."""


class Rare(TypedDict):
    """That object."""

    width: int
    """Number of key columns, without those of INCLUDE."""
    expressions: list[str] | None
    storage_parameters: list[str] | None
    clustered: bool
    identifies: bool
    nulls_not_distinct: bool | None
    valid: bool | None
    ready: bool | None
    tablespace: str | None


class Row(NamedTuple):
    """One row of ``INDEXES``, whose columns have these names."""

    oid: int
    relation: int
    name: str
    columns: str
    classes: str
    collations: str
    method: str
    is_unique: bool
    predicate: str | None
    options: str | None
    used: str | None
    """Numbers of the columns that expressions and the predicate read."""
    rare: Rare | None


class Index(NamedTuple):
    """One index, before it is recorded as an index or as part of a constraint."""

    relation: int
    name: str
    columns: tuple[int, ...]
    """Numbers of the columns that the index depends on."""
    attributes: dict[str, Value]


def read(reader: Reader) -> dict[int, Index]:
    """Return every index by its OID, including those of constraints."""
    statement = INDEXES.replace("{nulls_not_distinct}", reader.since(15, "i.indnullsnotdistinct", "false"))
    rows = reader.named(Row, statement)
    keys = IndexKeys(reader)
    return {row.oid: _index(reader, row, keys) for row in rows}


def _index(reader: Reader, row: Row, details: IndexKeys) -> Index:
    known, needed = reader.columns.get(row.relation, {}), numbers(row.columns)
    columns = tuple([known.get(number) or f"({number})" for number in needed])
    attributes: dict[str, Value] = {"method": row.method, "keys": columns}
    if row.is_unique:
        attributes["unique"] = True
    if row.predicate is not None:
        attributes["predicate"] = row.predicate
    if row.options:
        attributes["order"] = tuple(ORDERS[option & 3] for option in numbers(row.options))
    width = _rare(reader, row, row.rare, attributes, columns) if row.rare else len(needed)
    attributes |= details.non_default(row.oid, row.relation, needed[:width], row.classes, row.collations)
    used = tuple(dict.fromkeys(needed + numbers(row.used))) if row.used else needed
    return Index(row.relation, row.name, used, attributes)


def _rare(
    reader: Reader, row: Row, members: Rare, attributes: dict[str, Value], columns: tuple[str, ...]
) -> int:
    """Add the attributes of the JSON object; return the number of key columns."""
    width = members["width"]
    attributes["keys"] = tuple(members["expressions"] or columns[:width])
    if len(columns) > width:
        attributes["include"] = columns[width:]
    if members["storage_parameters"]:
        attributes["storage_parameters"] = tuple(sorted(members["storage_parameters"]))
    for name in ("nulls_not_distinct", "valid", "ready", "tablespace"):
        if members[name] is not None:
            attributes[name] = members[name]
    if members["clustered"] or members["identifies"]:
        _mark_table(reader, row.relation, row.name, members["clustered"], members["identifies"])
    return width


def _mark_table(reader: Reader, relation: int, name: str, clustered: bool, identifies: bool) -> None:
    key = reader.addresses.get(("pg_class", relation, 0))
    if key is None:
        return
    attributes = reader.entries[key].attributes
    if clustered:
        attributes["clustered_index"] = name
    if identifies and attributes.get("replica_identity") == "index":
        attributes["replica_identity"] = f"index {name}"


def record(reader: Reader, indexes: Mapping[int, Index]) -> None:
    """Record indexes without a constraint."""
    for oid, index in indexes.items():
        table = reader.addresses.get(("pg_class", index.relation, 0))
        if table is None:
            continue
        parents = (table, *reader.column_keys(index.relation, index.columns))
        whole = attached_to(reader, oid, indexes)
        if whole:
            index.attributes["partition_of"] = str(whole)
            parents = (*parents, whole)
        reader.add("pg_class", oid, table.part("index", index.name), index.attributes, *parents)


def attached_to(reader: Reader, oid: int, indexes: Mapping[int, Index]) -> Identity | None:
    """Return the index of the partitioned table that an index is attached to."""
    parent = indexes.get(reader.ancestors[oid][0]) if oid in reader.ancestors else None
    return key_of(reader, parent) if parent else None


def key_of(reader: Reader, index: Index) -> Identity:
    """Return the key by which comments and grants find an index."""
    return reader.addresses["pg_class", index.relation, 0].part("index", index.name)
