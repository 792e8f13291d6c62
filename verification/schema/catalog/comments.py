"""Comments and security labels: pg_description, pg_seclabel; and classes of objects that no module reads."""

from typing import Final

from ..model.identity import Identity
from .reader import FIRST_USER_OID, PUBLIC_OID, Draft, Reader

LARGE_OBJECT: Final = "CASE classoid WHEN 'pg_largeobject'::regclass THEN objoid::text END AS large_object"
"""The name of a large object is its OID."""

COMMENTS: Final = f"""
SELECT classoid::regclass::text AS catalog, objoid AS oid, objsubid AS number, {LARGE_OBJECT}, description
FROM pg_description
WHERE objoid >= {FIRST_USER_OID}
    OR classoid IN ('pg_extension'::regclass, 'pg_namespace'::regclass, 'pg_largeobject'::regclass)
UNION ALL
SELECT classoid::regclass::text, objoid, 0, NULL, description FROM pg_shdescription
WHERE classoid = 'pg_database'::regclass
    AND objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY catalog, oid, number
"""

LABELS: Final = f"""
SELECT classoid::regclass::text AS catalog, objoid AS oid, objsubid AS number, {LARGE_OBJECT}, provider, label
FROM pg_seclabel
UNION ALL
SELECT classoid::regclass::text, objoid, 0, NULL, provider, label FROM pg_shseclabel
WHERE classoid = 'pg_database'::regclass
    AND objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY catalog, oid, number, provider
"""

UNKNOWN_CLASSES: Final = f"""
SELECT classid::regclass::text
FROM (SELECT DISTINCT classid FROM pg_depend WHERE objid >= {FIRST_USER_OID}) classes
ORDER BY 1
"""

STANDARD_COMMENT: Final = "standard public schema"
"""Comment of initdb on the schema public; absent when the schema was created again."""

WITHOUT_QUERY: Final = frozenset({
    "pg_class", "pg_attrdef", "pg_constraint", "pg_type", "pg_trigger", "pg_namespace", "pg_amop", "pg_amproc",
    "pg_default_acl", "pg_largeobject", "pg_largeobject_metadata",
})  # fmt: skip
"""Catalogs that are read otherwise than by a ``Query``, on their own or as part of other objects."""


def read(reader: Reader) -> None:
    """Record comments, security labels, DEPENDS ON EXTENSION, and objects in catalogs that no module reads."""
    for (catalog, oid), extensions in reader.dependents.items():
        key = _target(reader, catalog, oid, 0)
        if key:
            attributes = reader.entries[reader.owners.get(key, key)].attributes
            attributes["depends_on_extensions"] = tuple(sorted(extensions))
    for catalog, oid, number, large_object, text in reader.rows(COMMENTS):
        key = _target(reader, catalog, oid, number, large_object)
        standard = text == STANDARD_COMMENT and (
            oid == PUBLIC_OID or key == Identity("schema", name="public")
        )
        if key and not standard:
            _record(reader, Identity("comment", target=key), "comment", text)
    for catalog, oid, number, large_object, provider, label in reader.rows(LABELS):
        key = _target(reader, catalog, oid, number, large_object)
        if key:
            _record(reader, Identity("security_label", name=provider, target=key), "label", label)
    for (catalog,) in reader.rows(UNKNOWN_CLASSES):
        if catalog not in WITHOUT_QUERY | reader.catalogs:
            reader.not_compared(f"objects in {catalog}")


def _target(
    reader: Reader, catalog: str, oid: int, number: int, large_object: str | None = None
) -> Identity | None:
    if large_object:
        return Identity("large_object", name=large_object)
    key = reader.addresses.get((catalog, oid, number))
    if key is None and oid >= FIRST_USER_OID and not _is_internal(catalog):
        reader.not_compared(f"a comment or label on column {number} of object {oid} in {catalog}")
    return key


def _is_internal(catalog: str) -> bool:
    return catalog == "pg_rewrite"  # the SELECT rule of a view


def _record(reader: Reader, identity: Identity, attribute: str, text: str) -> None:
    target = identity.target or identity
    owner = reader.owners.get(target, target)
    reader.entries[identity] = Draft(identity, {attribute: text}, (owner,))
