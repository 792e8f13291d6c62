"""Schemas, tables, views, sequences: pg_namespace, pg_class, pg_inherits, pg_sequence."""

from collections.abc import Mapping
from typing import Final

from ..model.identity import Identity
from .query import named
from .reader import FIRST_USER_OID, PUBLIC_OID, USER_NAMESPACE, Reader, Record, texts

KINDS: Final = {
    "r": "table",
    "p": "table",
    "v": "view",
    "m": "materialized_view",
    "f": "foreign_table",
    "S": "sequence",
}

PARTS: Final = frozenset("iIct")
"""Kinds of relations that are part of another object: indexes, composite types, TOAST tables."""

SCHEMAS: Final = f"""
SELECT n.oid, quote_ident(n.nspname), pg_get_userbyid(n.nspowner)
FROM pg_namespace n
WHERE (n.oid >= {FIRST_USER_OID} OR n.oid = {PUBLIC_OID}) AND {USER_NAMESPACE}
ORDER BY n.nspname
"""

RELATIONS: Final = f"""
SELECT c.oid, c.relkind AS letter, c.relnamespace AS namespace, {named("c.relname")},
    CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END AS replica_identity,
    c.reloptions AS parameters, t.reloptions AS toast_parameters, NULLIF(c.reltype, 0) AS row_type,
    c.relispartition AS is_partition,
    pg_get_userbyid(c.relowner) AS owner,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END AS persistence,
    NULLIF(m.amname, 'heap') AS access_method,
    NULLIF(c.relrowsecurity, false) AS row_security,
    NULLIF(c.relforcerowsecurity, false) AS row_security_forced,
    s.spcname AS tablespace,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
    CASE WHEN c.relkind IN ('v', 'm') THEN rtrim(pg_get_viewdef(c.oid), ';') END AS definition,
    CASE WHEN c.relkind = 'm' THEN NULLIF(c.relispopulated, true) END AS populated
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE c.oid >= {FIRST_USER_OID} AND c.relkind NOT IN ('i', 'I') AND {USER_NAMESPACE}
ORDER BY c.relname, n.nspname
"""

INHERITANCE: Final = f"""
SELECT inhrelid, inhparent, inhdetachpending FROM pg_inherits
WHERE inhrelid >= {FIRST_USER_OID} ORDER BY inhrelid::regclass::text, inhseqno
"""

FOREIGN_TABLES: Final = """
SELECT t.ftrelid, quote_ident(s.srvname), t.ftoptions
FROM pg_foreign_table t JOIN pg_foreign_server s ON s.oid = t.ftserver
ORDER BY t.ftrelid::regclass::text
"""

USES: Final = f"""
SELECT * FROM (
SELECT CASE WHEN r.is_view THEN 'pg_class' ELSE 'pg_rewrite' END AS catalog,
    CASE WHEN r.is_view THEN r.ev_class ELSE r.oid END AS oid, d.refobjid, d.refobjsubid
FROM (SELECT oid, ev_class, ev_type = '1' AND rulename = '_RETURN' AS is_view FROM pg_rewrite) r
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND NOT (r.is_view AND d.refobjid = r.ev_class)
WHERE r.oid >= {FIRST_USER_OID}
UNION
SELECT d.classid::regclass::text, d.objid, d.refobjid, d.refobjsubid
FROM pg_depend d
WHERE d.classid IN ('pg_policy'::regclass, 'pg_proc'::regclass) AND d.objid >= {FIRST_USER_OID}
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
) u
ORDER BY catalog, CASE catalog WHEN 'pg_class' THEN oid::regclass::text WHEN 'pg_proc' THEN oid::regprocedure::text END,
    refobjid::regclass::text, refobjsubid, oid
"""
"""Which columns of other tables a view, a rule, a policy or a function with an SQL body reads."""


def read(reader: Reader) -> None:
    """Record schemas and relations."""
    for oid, name, owner in reader.rows(SCHEMAS):
        reader.add("pg_namespace", oid, Identity("schema", name=name), {"owner": owner})
    detaching = _inheritance(reader)
    records = reader.records(RELATIONS)
    letters = {each.take_number("oid"): each.take_text("letter") for each in records}
    identities = {
        oid: Identity(KINDS.get(letter, ""), each.take_text("id_schema"), name=each.take_text("id_name"))
        for (oid, letter), each in zip(letters.items(), records, strict=True)
    }
    for (oid, letter), record in zip(letters.items(), records, strict=True):
        if letter in KINDS:
            _relation(reader, oid, record, identities, detaching)
        elif letter not in PARTS:
            reader.not_compared(f"relation {identities[oid]} of kind {letter!r}")
    _foreign_tables(reader)


def _inheritance(reader: Reader) -> set[int]:
    detaching = set()
    for child, parent, pending in reader.rows(INHERITANCE):
        reader.ancestors.setdefault(child, []).append(parent)
        if pending:
            detaching.add(child)
    return detaching


def _relation(
    reader: Reader,
    oid: int,
    attributes: Record,
    identities: Mapping[int, Identity],
    detaching: set[int],
) -> None:
    namespace, row_type = attributes.take_number("namespace"), attributes.take_number("row_type")
    is_partition, identity = attributes.pop("is_partition"), identities[oid]
    parameters = [
        *texts(attributes.pop("parameters", None)),
        *(f"toast.{each}" for each in texts(attributes.pop("toast_parameters", None))),
    ]
    if parameters:
        place = "options" if identity.kind == "view" else "storage_parameters"
        attributes[place] = tuple(sorted(parameters))
    if identity.kind not in ("table", "materialized_view"):
        attributes.pop("replica_identity", None)
    parents: tuple[Identity, ...] = ()
    if ("pg_namespace", namespace, 0) in reader.addresses:
        parents = (reader.addresses["pg_namespace", namespace, 0],)
    if oid in reader.ancestors:
        unknown = Identity("table")
        inherited = tuple(identities.get(parent, unknown) for parent in reader.ancestors[oid])
        attributes["partition_of" if is_partition else "inherits"] = tuple(map(str, inherited))
        if is_partition:
            parents = (*parents, *inherited)
    if oid in detaching:
        attributes["detach_pending"] = True
    reader.add("pg_class", oid, identity, attributes, *parents)
    if row_type:
        reader.alias("pg_type", row_type, identity.like("type"), identity)


def _foreign_tables(reader: Reader) -> None:
    from .secrets import masked

    for oid, server, options in reader.rows(FOREIGN_TABLES):
        key = reader.addresses.get(("pg_class", oid, 0))
        if key:
            attributes = dict(reader.entries[key].attributes)
            attributes["server"] = server
            if options:
                attributes["options"] = masked(options)
            reader.entries[key] = reader.entries[key]._replace(attributes=attributes)


def read_uses(reader: Reader) -> None:
    """Record which columns an object's text reads (``Draft.uses``)."""
    uses: dict[Identity, list[Identity]] = {}
    for catalog, oid, relation, number in reader.rows(USES):
        user = reader.addresses.get((catalog, oid, 0))
        column = reader.addresses.get(("pg_class", relation, number))
        if user in reader.entries and column:
            uses.setdefault(user, []).append(column)
    for key, used in uses.items():
        reader.entries[key] = reader.entries[key]._replace(uses=tuple(sorted(used)))
