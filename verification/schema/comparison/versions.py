"""Servers of two major versions: attributes that one lacks or prints differently, and the notes about them."""

import re
from collections.abc import Callable
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema
from .renames import map_texts

NAMED_NOT_NULL, PLAIN_VIEW_COLUMNS, MAINTAIN, SAFE_PUBLIC = 18, 16, 17, 15
"""Major versions that introduced: names of NOT NULL constraints, columns in views without the table name
where the view reads one table, the privilege MAINTAIN, and no CREATE for PUBLIC in the schema public.

https://www.postgresql.org/docs/release/ (each version's "Migration to Version" section)
"""

PUBLIC: Final = Identity("schema", name="public")
QUALIFIER: Final = re.compile(r'(?<![\w$".])((?:"[^"]+"|[a-z_][\w$]*))\.(?=[a-z_"])')


def notes(left: Schema, right: Schema) -> list[str]:
    """Return one sentence for each thing that a comparison of these two normalises."""
    if left.version == right.version:
        return []
    older, newer = sorted((left.version, right.version))
    texts = [
        f"PostgreSQL {left.version} against {right.version}: attributes that only one has are at its default"
    ]
    for version, text in (
        (
            SAFE_PUBLIC,
            "owner and PUBLIC's grant of the schema public count as equal when each is its version's own",
        ),
        (PLAIN_VIEW_COLUMNS, "view texts are compared without the table names before columns"),
        (MAINTAIN, "the privilege MAINTAIN is ignored"),
        (NAMED_NOT_NULL, "names of NOT NULL constraints are ignored"),
    ):
        if older < version <= newer:
            texts.append(f"PostgreSQL {version}: {text}")
    return texts


def without_version_differences(left: Schema, right: Schema) -> tuple[Schema, Schema]:
    """Return both schemas without what only one of the versions has."""
    older, newer = sorted((left.version, right.version))
    changes: list[Callable[[Object], Object | None]] = []
    if older < SAFE_PUBLIC <= newer:
        changes.append(_without_public_defaults)
    if older < PLAIN_VIEW_COLUMNS <= newer:
        schemas = frozenset(entry.key.name for schema in (left, right) for entry in schema.of_kind("schema"))
        changes.append(lambda entry: _without_qualifiers(entry, schemas))
    if older < MAINTAIN <= newer:
        changes.append(_without_maintain)
    if older < NAMED_NOT_NULL <= newer:
        changes.append(lambda entry: _without_newer(entry, older))
    return _changed(left, changes), _changed(right, changes)


def _changed(schema: Schema, changes: list[Callable[[Object], Object | None]]) -> Schema:
    entries = {}
    for key, entry in schema.entries.items():
        kept: Object | None = entry
        for change in changes:
            kept = change(kept) if kept else None
        if kept:
            entries[key] = kept
    return Schema(schema.version, entries, schema.context)


def _without_public_defaults(entry: Object) -> Object | None:
    if entry.key == PUBLIC and entry.properties.get("owner") in (
        "postgres",
        "pg_database_owner",
    ):
        return entry.having({})
    standard = (("CREATE", "USAGE"), ("USAGE",))
    if (
        entry.key == Identity("grant", name="PUBLIC", target=PUBLIC)
        and entry.properties["privileges"] in standard
    ):
        return None
    return entry


def _without_qualifiers(entry: Object, schemas: frozenset[str]) -> Object:
    if entry.key.kind not in ("view", "materialized_view", "rule", "policy"):
        return entry

    def plain(text: str) -> str:
        return QUALIFIER.sub(lambda match: match[0] if match[1] in schemas else "", text)

    return entry.having({name: map_texts(value, plain) for name, value in entry.properties.items()})


def _without_maintain(entry: Object) -> Object:
    if entry.key.kind not in ("grant", "default_privileges"):
        return entry
    privileges = tuple(name for name in entry.names_of("privileges") if not name.startswith("MAINTAIN"))
    return entry.having({"privileges": privileges})


def _without_newer(entry: Object, version: int) -> Object:
    kept = {name: value for name, value in entry.properties.items() if entry.meaning(name).since <= version}
    return entry if len(kept) == len(entry.properties) else entry.having(kept)
