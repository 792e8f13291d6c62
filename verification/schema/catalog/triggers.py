"""Triggers and policies: pg_trigger, pg_policy."""

from typing import Final

from ..model.identity import Identity
from .query import Query, run
from .reader import FIRST_USER_OID, Reader, Record, numbers

BEFORE, INSTEAD, ROW = 2, 64, 1
EVENTS: Final = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
"""Bits of pg_trigger.tgtype, as in PostgreSQL's catalog/pg_trigger.h."""

TRIGGERS: Final = f"""
SELECT t.oid, t.tgrelid AS relation, quote_ident(t.tgname) AS id_name, t.tgtype::int AS bits,
    NULLIF(t.tgattr::text, '') AS columns, NULLIF(t.tgparentid, 0) AS parent,
    NULLIF(t.tgconstraint, 0) AS constraint_oid,
    t.tgfoid::regprocedure::text AS function,
    CASE WHEN t.tgnargs > 0 THEN encode(t.tgargs, 'escape') END AS arguments,
    CASE WHEN t.tgqual IS NOT NULL
        THEN substring(pg_get_triggerdef(t.oid) FROM ' WHEN \\((.*)\\) EXECUTE FUNCTION ') END AS condition,
    t.tgoldtable::text AS old_table, t.tgnewtable::text AS new_table,
    CASE WHEN t.tgconstraint <> 0 THEN true END AS constraint,
    CASE WHEN t.tgconstrrelid <> 0 THEN t.tgconstrrelid::regclass::text END AS referenced_table,
    NULLIF(t.tgdeferrable, false) AS deferrable,
    NULLIF(t.tginitdeferred, false) AS initially_deferred,
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM pg_trigger t
LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
WHERE t.oid >= {FIRST_USER_OID}
    AND (NOT t.tgisinternal OR t.tgparentid <> 0 AND COALESCE(k.contype, 't') = 't')
ORDER BY t.tgrelid::regclass::text, t.tgname
"""

POLICIES: Final = Query(
    "policy",
    "pg_policy",
    f"""
SELECT p.oid, p.polrelid AS parent, quote_ident(n.nspname) AS id_schema, quote_ident(c.relname) AS id_relation,
    quote_ident(p.polname) AS id_name,
    CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
        WHEN 'd' THEN 'delete' END AS command,
    NULLIF(p.polpermissive, true) AS permissive,
    ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END
        FROM unnest(p.polroles) r ORDER BY 1) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS using,
    pg_get_expr(p.polwithcheck, p.polrelid) AS check
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.oid >= {FIRST_USER_OID}
""",
    parent="pg_class",
)


def read(reader: Reader) -> None:
    """Record triggers and policies."""
    for attributes in reader.records(TRIGGERS):
        _trigger(reader, attributes)
    run(reader, POLICIES)


def _trigger(reader: Reader, attributes: Record) -> None:
    oid, relation, bits, parent, constraint = [
        attributes.take_number(each) for each in ("oid", "relation", "bits", "parent", "constraint_oid")
    ]
    name = attributes.take_text("id_name")
    owner = reader.addresses.get(("pg_class", relation, 0))
    if owner is None:
        return
    attributes["timing"] = "before" if bits & BEFORE else "instead of" if bits & INSTEAD else "after"
    attributes["level"] = "row" if bits & ROW else "statement"
    attributes["events"] = tuple(event for bit, event in EVENTS if bits & bit)
    if "columns" in attributes:
        attributes["columns"] = tuple(
            sorted(reader.names(relation, numbers(attributes.take_text("columns"))))
        )
    if "arguments" in attributes:
        attributes["arguments"] = tuple(attributes.take_text("arguments").split("\\000")[:-1])
    key = owner.part("trigger", name)
    parents: tuple[Identity, ...] = (owner,)
    if parent:
        ancestors = (reader.addresses.get(("pg_class", oid, 0)) for oid in reader.ancestors.get(relation, ()))
        parents = (*parents, *(whole.part("trigger", name) for whole in ancestors if whole))
        attributes["inherited"] = True
    entry = reader.add("pg_trigger", oid, key, attributes, *parents)
    if constraint:
        reader.alias("pg_constraint", constraint, entry.identity, entry.identity)
