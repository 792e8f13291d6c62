"""Types: pg_type with pg_enum, pg_range and the attributes of composite types."""

from typing import Final

from ..model.identity import Identity
from .query import named, user_objects
from .reader import FIRST_USER_OID, Reader

KINDS: Final = {"b": "base", "c": "composite", "d": "domain", "e": "enum", "r": "range"}
PSEUDO, MULTIRANGE = "p", "m"

TYPES: Final = f"""
SELECT o.oid, o.typnamespace AS namespace, {named("o.typname")}, o.typtype AS letter, o.typisdefined AS is_defined,
    e.oid AS element,
    pg_get_userbyid(o.typowner) AS owner,
    CASE o.typtype WHEN 'd' THEN format_type(o.typbasetype, o.typtypmod) END AS base_type,
    CASE WHEN o.typtype = 'd' THEN NULLIF(o.typnotnull, false) END AS not_null,
    CASE WHEN o.typtype IN ('d', 'b') THEN COALESCE(pg_get_expr(o.typdefaultbin, 0), o.typdefault) END AS default,
    CASE WHEN o.typtype = 'd' AND o.typcollation <> b.typcollation
        THEN o.typcollation::regcollation::text END AS collation,
    CASE WHEN o.typtype = 'e' THEN ARRAY(SELECT v.enumlabel::text FROM pg_enum v
        WHERE v.enumtypid = o.oid ORDER BY v.enumsortorder) END AS values,
    CASE WHEN c.relkind = 'c' THEN ARRAY(
        SELECT quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attcollation <> t.typcollation
                THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) END AS attributes,
    CASE WHEN o.typtype = 'r' THEN format_type(r.rngsubtype, NULL) END AS subtype,
    CASE WHEN o.typtype = 'r' THEN (SELECT k.opcnamespace::regnamespace::text || '.' || quote_ident(k.opcname)
        FROM pg_opclass k WHERE k.oid = r.rngsubopc) END AS operator_class,
    CASE WHEN r.rngcollation <> 0 THEN r.rngcollation::regcollation::text END AS subtype_collation,
    CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::regproc::text END AS canonical,
    CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::regproc::text END AS subtype_difference,
    CASE WHEN r.rngmultitypid <> 0 THEN r.rngmultitypid::regtype::text END AS multirange,
    CASE WHEN o.typtype = 'b' AND o.typisdefined AND e.oid IS NULL THEN json_build_object(
        'input', o.typinput::regproc::text, 'output', o.typoutput::regproc::text,
        'receive', o.typreceive::regproc::text, 'send', o.typsend::regproc::text,
        'typmod_in', o.typmodin::regproc::text, 'typmod_out', o.typmodout::regproc::text,
        'analyze', o.typanalyze::regproc::text, 'subscript', o.typsubscript::regproc::text,
        'length', o.typlen, 'by_value', o.typbyval, 'alignment', o.typalign, 'storage', o.typstorage,
        'category', o.typcategory, 'preferred', o.typispreferred, 'delimiter', o.typdelim,
        'element', format_type(NULLIF(o.typelem, 0), NULL), 'collatable', o.typcollation <> 0) END AS definition
FROM pg_type o
JOIN pg_namespace n ON n.oid = o.typnamespace
LEFT JOIN pg_class c ON c.oid = o.typrelid
LEFT JOIN pg_type e ON e.typarray = o.oid
LEFT JOIN pg_type b ON b.oid = o.typbasetype
LEFT JOIN pg_range r ON r.rngtypid = o.oid
WHERE {user_objects()} AND (o.typrelid = 0 OR c.relkind = 'c') AND NOT EXISTS (
    SELECT FROM pg_type w JOIN pg_class x ON x.oid = w.typrelid AND x.relkind <> 'c' WHERE w.typarray = o.oid)
ORDER BY n.nspname, o.typname
"""

COMPOSITE_COLUMNS: Final = f"""
SELECT c.oid, c.reltype, a.attnum, quote_ident(a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'c' AND c.oid >= {FIRST_USER_OID} AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.oid::regclass::text, a.attnum
"""


def read(reader: Reader) -> None:
    """Record types; arrays and multiranges are part of their element type or range."""
    derived: list[tuple[int, int, Identity]] = []
    for attributes in reader.records(TYPES):
        oid, namespace, element = [attributes.take_number(each) for each in ("oid", "namespace", "element")]
        letter, is_defined = attributes.take_text("letter"), attributes.pop("is_defined")
        identity = Identity("type", attributes.take_text("id_schema"), name=attributes.take_text("id_name"))
        if element or letter == MULTIRANGE:
            derived.append((oid, element, identity))
            continue
        if letter not in KINDS and letter != PSEUDO:
            reader.not_compared(f"type {identity} of kind {letter!r}")
            continue
        attributes["category"] = KINDS.get(letter, "pseudo") if is_defined else "shell"
        parent = reader.addresses.get(("pg_namespace", namespace, 0))
        reader.add("pg_type", oid, identity, attributes, *((parent,) if parent else ()))
    for oid, element, identity in derived:
        owner = reader.addresses.get(("pg_type", element, 0), identity)
        reader.alias("pg_type", oid, identity, owner)
    for relation, row_type, number, name in reader.rows(COMPOSITE_COLUMNS):
        owner = reader.addresses.get(("pg_type", row_type, 0), Identity("type"))
        reader.alias("pg_class", relation, owner, owner)
        reader.alias("pg_class", relation, owner.part("column", name), owner, number)
