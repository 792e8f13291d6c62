"""Servers of two major versions: attributes that one lacks or prints differently, and the notes about them."""

import re
from collections.abc import Callable
from typing import Final

from ..model.identity import Identity
from ..model.schema import Entry, Schema
from .renames import map_texts

NAMED_NOT_NULL, PLAIN_VIEW_COLUMNS, MAINTAIN, SAFE_PUBLIC = 18, 16, 17, 15
"""Major versions that introduced: names of NOT NULL constraints, columns in views without the table name
where the view reads one table, the privilege MAINTAIN, and no CREATE for PUBLIC in the schema public.

https://www.postgresql.org/docs/release/ (each version's "Migration to Version" section)
"""

PUBLIC: Final = Identity("schema", name="public")
NOT_NULL_ATTRIBUTES: Final = ("not_null_constraint",)
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
    changes: list[Callable[[Entry], Entry | None]] = []
    if older < SAFE_PUBLIC <= newer:
        changes.append(_without_public_defaults)
    if older < PLAIN_VIEW_COLUMNS <= newer:
        schemas = frozenset(
            entry.identity.name for schema in (left, right) for entry in schema.of_kind("schema")
        )
        changes.append(lambda entry: _without_qualifiers(entry, schemas))
    if older < MAINTAIN <= newer:
        changes.append(_without_maintain)
    if older < NAMED_NOT_NULL <= newer:
        changes.append(_without_not_null_names)
    return _changed(left, changes), _changed(right, changes)


def _changed(schema: Schema, changes: list[Callable[[Entry], Entry | None]]) -> Schema:
    entries = {}
    for key, entry in schema.entries.items():
        kept: Entry | None = entry
        for change in changes:
            kept = change(kept) if kept else None
        if kept:
            entries[key] = kept
    return Schema(schema.version, entries, schema.context)


def _without_public_defaults(entry: Entry) -> Entry | None:
    if entry.identity == PUBLIC and entry.attributes.get("owner") in (
        "postgres",
        "pg_database_owner",
    ):
        return entry._replace(attributes={})
    standard = (("CREATE", "USAGE"), ("USAGE",))
    if (
        entry.identity == Identity("grant", name="PUBLIC", target=PUBLIC)
        and entry.attributes["privileges"] in standard
    ):
        return None
    return entry


def _without_qualifiers(entry: Entry, schemas: frozenset[str]) -> Entry:
    if entry.kind not in ("view", "materialized_view", "rule", "policy"):
        return entry

    def plain(text: str) -> str:
        return QUALIFIER.sub(lambda match: match[0] if match[1] in schemas else "", text)

    return entry._replace(
        attributes={name: map_texts(value, plain) for name, value in entry.attributes.items()}
    )


def _without_maintain(entry: Entry) -> Entry:
    if entry.kind not in ("grant", "default_privileges"):
        return entry
    privileges = tuple(name for name in entry.attributes["privileges"] if not name.startswith("MAINTAIN"))
    return entry._replace(attributes={"privileges": privileges})


def _without_not_null_names(entry: Entry) -> Entry:
    if not any(name in entry.attributes for name in NOT_NULL_ATTRIBUTES):
        return entry
    kept = {name: value for name, value in entry.attributes.items() if name not in NOT_NULL_ATTRIBUTES}
    return entry._replace(attributes=kept)
