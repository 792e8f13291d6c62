"""Grants and default privileges that differ from PostgreSQL's own.

Privileges that an object has without any GRANT are not recorded, whether or not they are written out.
https://www.postgresql.org/docs/current/ddl-priv.html
"""

from typing import Final

from ..model.identity import Identity
from .reader import FIRST_USER_OID, PUBLIC_OID, Draft, Reader

GRANTS: Final = f"""
WITH o(catalog, oid, number, acl, owner, type) AS (
    SELECT 'pg_class', oid, 0, relacl, relowner, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END
        FROM pg_class WHERE relacl IS NOT NULL
    UNION ALL SELECT 'pg_class', c.oid, a.attnum, a.attacl, c.relowner, 'c'
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL SELECT 'pg_namespace', oid, 0, nspacl, nspowner, 'n' FROM pg_namespace
        WHERE nspacl IS NOT NULL AND nspname !~ '^pg_(toast|temp_|toast_temp_)'
    UNION ALL SELECT 'pg_proc', oid, 0, proacl, proowner, 'f' FROM pg_proc WHERE proacl IS NOT NULL
    UNION ALL SELECT 'pg_type', oid, 0, typacl, typowner, 'T' FROM pg_type WHERE typacl IS NOT NULL
    UNION ALL SELECT 'pg_language', oid, 0, lanacl, lanowner, 'l' FROM pg_language WHERE lanacl IS NOT NULL
    UNION ALL SELECT 'pg_foreign_data_wrapper', oid, 0, fdwacl, fdwowner, 'F' FROM pg_foreign_data_wrapper
        WHERE fdwacl IS NOT NULL
    UNION ALL SELECT 'pg_foreign_server', oid, 0, srvacl, srvowner, 'S' FROM pg_foreign_server
        WHERE srvacl IS NOT NULL
    UNION ALL SELECT 'pg_largeobject', oid, 0, lomacl, lomowner, 'L' FROM pg_largeobject_metadata
        WHERE lomacl IS NOT NULL
    UNION ALL SELECT 'pg_database', oid, 0, datacl, datdba, 'd' FROM pg_database
        WHERE datacl IS NOT NULL AND datname = current_database()
)
SELECT o.catalog, o.oid, o.number,
    CASE WHEN o.catalog = 'pg_largeobject' THEN 'large_object ' || o.oid
        WHEN o.oid < {FIRST_USER_OID} AND o.catalog NOT IN ('pg_database') AND NOT b.is_public THEN
        (SELECT replace(i.type, ' ', '_') || ' ' || i.identity
        FROM pg_identify_object(o.catalog::regclass, o.oid, o.number) i) END,
    e.base, CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(e.grantee)::text END,
    e.privilege_type || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END
        || CASE WHEN e.grantor <> o.owner THEN ' by ' || pg_get_userbyid(e.grantor) ELSE '' END
FROM o
LEFT JOIN pg_init_privs p ON p.classoid = o.catalog::regclass AND p.objoid = o.oid AND p.objsubid = o.number
CROSS JOIN LATERAL (SELECT o.catalog = 'pg_namespace' AND o.oid = {PUBLIC_OID} AS is_public) b
CROSS JOIN LATERAL (SELECT CASE
    WHEN p.initprivs IS NOT NULL AND NOT b.is_public THEN p.initprivs
    -- initdb fills pg_init_privs before it creates information_schema, which PUBLIC may read.
    WHEN o.oid < {FIRST_USER_OID} AND o.catalog IN ('pg_class', 'pg_namespace') AND NOT b.is_public
        THEN acldefault(o.type::"char", o.owner) || makeaclitem(
            0, o.owner, CASE o.catalog WHEN 'pg_class' THEN 'SELECT' ELSE 'USAGE' END, false)
    ELSE acldefault(o.type::"char", o.owner) END AS acl) d
CROSS JOIN LATERAL (
    SELECT false AS base, * FROM aclexplode(o.acl) UNION ALL SELECT true, * FROM aclexplode(d.acl)
) e
WHERE d.acl IS DISTINCT FROM o.acl
ORDER BY o.catalog, CASE o.catalog WHEN 'pg_class' THEN o.oid::regclass::text WHEN 'pg_proc' THEN o.oid::regprocedure::text END,
    o.oid, o.number, e.base, 6, 7
"""

DEFAULT_PRIVILEGES: Final = """
SELECT CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
        WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' WHEN 'L' THEN 'large objects'
        ELSE d.defaclobjtype::text END || ' of ' || pg_get_userbyid(d.defaclrole),
    d.defaclnamespace, d.oid, e.base, CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(e.grantee)::text END,
    e.privilege_type || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END
FROM pg_default_acl d
CROSS JOIN LATERAL (
    SELECT false AS base, * FROM aclexplode(d.defaclacl)
    UNION ALL SELECT true, * FROM aclexplode(
        acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole))
        WHERE d.defaclnamespace = 0
) e
ORDER BY 1, d.defaclnamespace, 5, e.base, 6
"""


def read(reader: Reader) -> None:
    """Record grants, one entry for each object and grantee, and default privileges."""
    granted: dict[tuple[Identity, str], tuple[set[str], set[str]]] = {}
    for catalog, oid, number, identity, base, grantee, privilege in reader.rows(GRANTS):
        key = _target(reader, catalog, oid, number, identity)
        granted.setdefault((key, grantee), (set(), set()))[base].add(privilege)
    for (key, grantee), (now, base) in granted.items():
        if now != base:
            identity = Identity("grant", name=grantee, target=key)
            _record(reader, identity, now, reader.owners.get(key, key))
    _default_privileges(reader)


def _target(reader: Reader, catalog: str, oid: int, number: int, identity: str | None) -> Identity:
    if identity:
        kind, _, name = identity.partition(" ")
        return Identity(kind, name=name)
    if catalog == "pg_database":
        return Identity("database")
    return reader.addresses.get((catalog, oid, number)) or Identity(catalog, name=f"{oid}.{number}")


def _record(reader: Reader, identity: Identity, privileges: set[str], *parents: Identity) -> None:
    reader.entries[identity] = Draft(identity, {"privileges": tuple(sorted(privileges))}, parents)


def _default_privileges(reader: Reader) -> None:
    granted: dict[tuple[str, int, str], tuple[set[str], set[str]]] = {}
    for name, namespace, oid, base, grantee, privilege in reader.rows(DEFAULT_PRIVILEGES):
        granted.setdefault((name, namespace, grantee), (set(), set()))[base].add(privilege)
        reader.addresses["pg_default_acl", oid, 0] = Identity("default_privileges", name=name)
    for (name, namespace, grantee), (now, base) in granted.items():
        if now != base:
            schema = reader.addresses.get(("pg_namespace", namespace, 0))
            parents = (schema,) if schema else ()
            where = schema.name if schema else ""
            identity = Identity("default_privileges", where, name=name, arguments=f" to {grantee}")
            _record(reader, identity, now, *parents)
