"""Columns and sequences: pg_attribute, pg_attrdef, pg_sequence.

Columns are the most numerous objects: they are read in one pass, and defaults are omitted by the query.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from ..model.identity import Identity
from ..model.objects import Value
from .reader import FIRST_USER_OID, Draft, Reader, column_options, parsed_json, texts
from .secrets import masked

COLUMNS: Final = f"""
SELECT a.attrelid AS relation, a.attnum AS number, quote_ident(a.attname) AS name,
    COALESCE(NULLIF(t.typbasetype, 0), a.atttypid) AS base_type, a.attcollation AS collation,
    format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
    -- A default reads no column; with the table's OID pg_get_expr would open the table.
    -- NULL written out is no default, except for a domain, which may have one of its own.
    CASE WHEN d.adbin IS NOT NULL THEN NULLIF(NULLIF(
        pg_get_expr(d.adbin, CASE a.attgenerated WHEN '' THEN 0 ELSE d.adrelid END),
        'NULL::' || CASE t.typbasetype WHEN 0 THEN format_type(a.atttypid, -1) END),
        'NULL::' || CASE t.typbasetype WHEN 0 THEN format_type(a.atttypid, a.atttypmod) END) END AS default,
    CASE WHEN a.attidentity <> '' OR a.attgenerated <> '' OR a.attcollation <> t.typcollation
        OR a.attstorage <> t.typstorage OR a.attcompression <> '' OR a.attstattarget <> -1
        OR a.attoptions IS NOT NULL OR a.attfdwoptions IS NOT NULL OR a.attinhcount > 0
    THEN json_build_object(
        'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
        'generated_kind', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END,
        'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
        'storage', CASE WHEN a.attstorage <> t.typstorage AND c.relkind <> 'v' THEN
            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
            WHEN 'x' THEN 'extended' END END,
        'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' WHEN '' THEN NULL
            ELSE a.attcompression::text END,
        'statistics_target', NULLIF(a.attstattarget, -1),
        'options', a.attoptions,
        'foreign_options', a.attfdwoptions,
        'local', CASE WHEN a.attinhcount > 0 THEN a.attislocal AND NOT c.relispartition END)::text END AS rare
FROM pg_attribute a
JOIN (
    SELECT c.*, row_number() OVER (ORDER BY c.relname, n.nspname) AS place
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= {FIRST_USER_OID} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
) c ON c.oid = a.attrelid
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid >= {FIRST_USER_OID} AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.place, a.attnum
"""
"""Attributes that few columns have are one JSON object, NULL for most columns."""


class Row(NamedTuple):
    """One row of ``COLUMNS``, whose columns have these names."""

    relation: int
    number: int
    name: str
    base_type: int
    collation: int
    type: str
    not_null: bool
    default: str | None
    rare: str | None


SPECIAL: Final = ("local", "options", "foreign_options")
"""Members of that object that are converted."""

SEQUENCES: Final = """
SELECT s.seqrelid AS oid, d.refobjid AS relation, d.refobjsubid AS number, d.deptype AS dependency,
    format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
    NULLIF(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1 ELSE l.low END) AS minimum,
    NULLIF(s.seqmax, CASE WHEN s.seqincrement > 0 THEN l.high ELSE -1 END) AS maximum,
    s.seqcache AS cache, s.seqcycle AS cycle
FROM pg_sequence s
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.objsubid = 0
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND d.deptype = 'i'
JOIN (VALUES (21, -32768, 32767), (23, -2147483648, 2147483647),
    (20, -9223372036854775808, 9223372036854775807)) l(type, low, high) ON l.type = COALESCE(a.atttypid, s.seqtypid)
ORDER BY s.seqrelid::regclass::text
"""
"""The default limits depend on the type: for an identity column on the column's, not on the sequence's."""
UNLOGGED_SEQUENCES: Final = 15
"""First major version with unlogged sequences."""


def read(reader: Reader) -> None:
    """Record columns and sequences, and each table's order of columns."""
    for relation, rows in groupby(reader.named(Row, COLUMNS), attrgetter("relation")):
        _relation(reader, relation, list(rows))
    _sequences(reader)


def _relation(reader: Reader, relation: int, rows: Sequence[Row]) -> None:
    names = reader.columns[relation] = {row.number: row.name for row in rows}
    reader.column_types[relation] = {row.number: (row.base_type, row.collation) for row in rows}
    owner = reader.addresses.get(("pg_class", relation, 0))
    if owner is None:
        return
    reader.entries[owner].attributes["column_order"] = tuple(names.values())
    entries, addresses, parents = reader.entries, reader.addresses, (owner,)
    for _, number, name, _, _, type_name, not_null, default, rare in rows:
        key = addresses["pg_class", relation, number] = owner.part("column", name)
        attributes: dict[str, Value] = {"type": type_name}
        if not_null:
            attributes["not_null"] = True
        if default is not None:
            attributes["default"] = default
        above: tuple[Identity, ...] = parents
        if rare and (inherited := _add_rare(reader, relation, name, attributes, rare)):
            above += inherited
        entries[key] = Draft(key, attributes, above)


def _add_rare(
    reader: Reader, relation: int, name: str, attributes: dict[str, Value], text: str
) -> tuple[Identity, ...]:
    """Add the attributes of the JSON object; return the columns that this one is inherited from."""
    members = parsed_json(text)
    local, options, foreign_options = (members[name] for name in SPECIAL)
    attributes |= {key: value for key, value in members.items() if value is not None and key not in SPECIAL}
    if "generated_kind" in attributes:
        attributes["generated"] = attributes.pop("default", None)
    if kept := column_options(texts(options)):
        attributes["options"] = kept
    if foreign_options:
        attributes["foreign_options"] = masked(texts(foreign_options))
    if local is None:
        return ()
    if local:
        attributes["local"] = True
    ancestors = (reader.addresses.get(("pg_class", oid, 0)) for oid in reader.ancestors.get(relation, ()))
    return tuple(ancestor.part("column", name) for ancestor in ancestors if ancestor)


def _sequences(reader: Reader) -> None:
    """Add the properties in pg_sequence to the sequence, or to its identity column."""
    addresses = reader.addresses
    for values in reader.records(SEQUENCES):
        key = addresses.get(("pg_class", values.take_number("oid"), 0))
        column = addresses.get(("pg_class", values.take_number("relation"), values.take_number("number")))
        dependency = values.take_text("dependency")
        if key is None:
            continue
        entry = reader.entries[key]
        if column is None:
            reader.entries[key] = entry._replace(attributes={**entry.attributes, **values})
        elif dependency == "a":
            values["owned_by"] = str(column)
            reader.entries[key] = entry._replace(
                attributes={**entry.attributes, **values}, parents=(*entry.parents, column)
            )
        else:
            _identity(reader, entry, column, values)


def _identity(reader: Reader, sequence: Draft, column: Identity, values: Mapping[str, Value]) -> None:
    """Replace the sequence of an identity column by attributes of the column."""
    attributes = reader.entries[column].attributes
    attributes["identity_sequence"] = str(sequence.identity)
    for name, value in values.items():
        if name != "type":  # not in a dump; the limits are relative to the column's type
            attributes[f"identity_{name}"] = value
    table = reader.entries[reader.entries[column].parents[0]]
    persistence = sequence.attributes.get("persistence", "permanent")
    if reader.version >= UNLOGGED_SEQUENCES and persistence != table.attributes.get(
        "persistence", "permanent"
    ):
        attributes["identity_persistence"] = persistence
    if sequence.attributes["owner"] != table.attributes["owner"]:
        attributes["identity_owner"] = sequence.attributes["owner"]
    del reader.entries[sequence.identity]
    reader.owners[sequence.identity] = column
