"""The database and its extensions; encoding, collation and locale go into the schema's context."""

from collections.abc import Mapping
from typing import Final

from ..model.identity import Identity
from ..model.objects import Value
from .query import Query, run
from .reader import Draft, Reader

DATABASE: Final = """
SELECT d.oid, pg_encoding_to_char(d.encoding)::text AS encoding, d.datcollate::text AS collate,
    d.datctype::text AS ctype, to_jsonb(d) ->> 'datlocprovider' AS locale_provider,
    COALESCE(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale,
    to_jsonb(d) ->> 'daticurules' AS locale_rules, to_jsonb(d) ->> 'datcollversion' AS collation_version,
    pg_get_userbyid(d.datdba)::text AS owner,
    (SELECT json_object_agg(r.role, r.settings) FROM (
        SELECT CASE s.setrole WHEN 0 THEN 'everyone' ELSE pg_get_userbyid(s.setrole)::text END AS role,
            ARRAY(SELECT unnest(s.setconfig) ORDER BY 1) AS settings
        FROM pg_db_role_setting s WHERE s.setdatabase = d.oid) r) AS settings
FROM pg_database d WHERE d.datname = current_database()
"""

EXTENSIONS: Final = Query(
    "extension",
    "pg_extension",
    """
SELECT o.oid, quote_ident(o.extname) AS id_name, o.extversion AS version,
    o.extnamespace::regnamespace::text AS schema
FROM pg_extension o
""",
)

MEMBERS: Final = """
SELECT classid::regclass::text, objid, refobjid, deptype = 'x' FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype IN ('e', 'x')
ORDER BY refobjid, classid, objid
"""
"""Members of extensions, and objects that DEPEND ON EXTENSION without being members."""


def read(reader: Reader) -> dict[str, Value]:
    """Record the database's settings and its extensions; return its context."""
    context: dict[str, Value] = {}
    for record in reader.records(DATABASE):
        reader.addresses["pg_database", record.take_number("oid"), 0] = Identity("database")
        context = record
    settings = context.pop("settings", None)
    for role, configuration in settings.items() if isinstance(settings, Mapping) else ():
        identity = Identity("database", name=f"settings for {role}")
        reader.entries[identity] = Draft(identity, {"settings": configuration})
    run(reader, EXTENSIONS)
    for catalog, oid, extension, depends in reader.rows(MEMBERS):
        key = reader.addresses["pg_extension", extension, 0]
        if depends:
            reader.dependents.setdefault((catalog, oid), []).append(key.name)
        else:
            reader.members[catalog, oid] = key
    return context
