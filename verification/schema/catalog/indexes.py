"""Indexes: pg_index, and the pg_attribute rows of index keys.

Most indexes of a large database have defaults only. Those are recognised by their numbers, and only the
rest is looked up.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ..model.identity import Identity
from ..model.objects import Value
from .index_keys import IndexKeys
from .reader import FIRST_USER_OID, USER_NAMESPACE, Reader, numbers

INDEXES: Final = f"""
SELECT i.indexrelid, i.indrelid, quote_ident(c.relname), i.indkey::text, i.indclass::text,
    i.indcollation::text, a.amname, i.indisunique, pg_get_expr(i.indpred, i.indrelid),
    CASE WHEN 0 <> ANY (i.indoption::int2[]) THEN i.indoption::text END,
    CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN array_to_string(
        ARRAY(SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
            AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = i.indrelid AND d.refobjsubid > 0), ' ') END,
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
        'tablespace', (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace)) END
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am a ON a.oid = c.relam
WHERE i.indexrelid >= {FIRST_USER_OID} AND {USER_NAMESPACE}
"""
"""Lists of numbers are text, because few are different; attributes that few indexes have are one JSON object."""
PLAIN: Final = ("nulls_not_distinct", "valid", "ready", "tablespace")
"""Members of that object that are attributes unchanged."""

ORDERS: Final = {0: None, 1: "desc nulls last", 2: "nulls first", 3: "desc"}
"""Bits of pg_index.indoption: 1 descending, 2 nulls first."""


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
    rows = reader.rows(statement)
    keys = IndexKeys(reader)
    return {row[0]: _index(reader, row, keys) for row in rows}


def _index(reader: Reader, row: tuple[Any, ...], details: IndexKeys) -> Index:
    oid, relation, name, key, classes, collations, method, is_unique, predicate, options, used, rare = row
    known, needed = reader.columns.get(relation, {}), numbers(key)
    columns = tuple([known.get(number) or f"({number})" for number in needed])
    attributes: dict[str, Value] = {"method": method, "keys": columns}
    if is_unique:
        attributes["unique"] = True
    if predicate is not None:
        attributes["predicate"] = predicate
    if options:
        attributes["order"] = tuple(ORDERS[option & 3] for option in numbers(options))
    width = _rare(reader, relation, name, attributes, rare) if rare else len(needed)
    attributes |= details.non_default(oid, relation, needed[:width], classes, collations)
    return Index(relation, name, tuple(dict.fromkeys(needed + numbers(used))) if used else needed, attributes)


def _rare(
    reader: Reader, relation: int, name: str, attributes: dict[str, Value], members: dict[str, Any]
) -> int:
    """Add the attributes of the JSON object; return the number of key columns, without those of INCLUDE."""
    width: int = members["width"]
    columns = attributes["keys"]
    attributes["keys"] = tuple(members["expressions"] or columns[:width])
    if len(columns) > width:
        attributes["include"] = columns[width:]
    if members["storage_parameters"]:
        attributes["storage_parameters"] = tuple(sorted(members["storage_parameters"]))
    attributes |= {member: members[member] for member in PLAIN if members[member] is not None}
    if members["clustered"] or members["identifies"]:
        _mark_table(reader, relation, name, members["clustered"], members["identifies"])
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
        if oid in reader.ancestors:
            parent = indexes.get(reader.ancestors[oid][0])
            if parent:
                whole = key_of(reader, parent)
                index.attributes["partition_of"] = str(whole)
                parents = (*parents, whole)
        reader.add("pg_class", oid, table.part("index", index.name), index.attributes, *parents)


def key_of(reader: Reader, index: Index) -> Identity:
    """Return the key by which comments and grants find an index."""
    return reader.addresses["pg_class", index.relation, 0].part("index", index.name)
