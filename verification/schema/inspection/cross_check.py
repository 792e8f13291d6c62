"""Compare what the catalog reader and the inspection return for the same database.

The two share no query and no code. A disagreement is a fault of one of them, and the database then does
not count as equal to any other. Every attribute that the inspection returns is in ``SHARED`` or, with the
reason, in ``NOT_COMPARED``; a test fails for one that is in neither.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ..comparison.difference import Difference
from ..model.identity import Identity
from ..model.schema import Entry, Schema
from . import normalisers

TABLES: Final = frozenset({"table", "foreign_table"})
RELATIONS: Final = frozenset({*TABLES, "view", "materialized_view"})
KINDS: Final = frozenset({*RELATIONS, "column", "constraint", "index", "schema", "sequence", "type"})
"""Object classes that both readers see; of some only those of ``_is_shared``."""
CONSTRAINTS: Final = frozenset({"primary key", "foreign key", "unique", "check", "exclusion"})
TYPES: Final = frozenset({"enum", "domain"})

Attributes = Mapping[str, Any]
Key = tuple[str, str]
Inspection = Mapping[Key, Attributes]
Normaliser = Callable[[Any], Any]

_TABLE: Final = {"comment": normalisers.text, "column_order": normalisers.unquoted_list}
_VIEW: Final = {"definition": normalisers.text, **_TABLE}
SHARED: Final[Mapping[str, Mapping[str, Normaliser]]] = {
    "table": _TABLE,
    "foreign_table": _TABLE,
    "view": _VIEW,
    "materialized_view": _VIEW,
    "column": {
        "type": normalisers.type_name,
        "collation": normalisers.collation,
        "not_null": normalisers.flag,
        "default": normalisers.text,
        "comment": normalisers.text,
        "generated": normalisers.text,
        "generated_kind": normalisers.text,
        "identity": normalisers.text,
        "identity_start": normalisers.one_by_default,
        "identity_increment": normalisers.one_by_default,
        "identity_minimum": normalisers.limit,
        "identity_maximum": normalisers.limit,
        "identity_cache": normalisers.one_by_default,
        "identity_cycle": normalisers.flag,
    },
    "constraint": {
        "kind": normalisers.text,
        "columns": normalisers.unquoted_list,
        "expression": normalisers.expression,
        "target": normalisers.unquoted,
        "target_columns": normalisers.unquoted_list,
        "on_update": normalisers.action,
        "on_delete": normalisers.action,
        "match": normalisers.match,
        "deferrable": normalisers.flag,
        "initially_deferred": normalisers.flag,
        "include": normalisers.unquoted_list,
        "nulls_not_distinct": normalisers.flag,
        "comment": normalisers.text,
        "method": normalisers.text,
        "keys": normalisers.expressions,
        "predicate": normalisers.text,
        "operator_classes": normalisers.per_key,
        "order": normalisers.orders,
        "storage_parameters": normalisers.parameters,
        "valid": normalisers.true_by_default,
        "no_inherit": normalisers.flag,
    },
    "index": {
        "unique": normalisers.flag,
        "method": normalisers.text,
        "predicate": normalisers.text,
        "keys": normalisers.expressions,
        "operator_classes": normalisers.per_key,
        "order": normalisers.orders,
        "include": normalisers.unquoted_list,
        "nulls_not_distinct": normalisers.flag,
        "storage_parameters": normalisers.parameters,
        "valid": normalisers.true_by_default,
    },
    "type": {
        "values": normalisers.as_tuple,
        "base_type": normalisers.without_modifier,
        "collation": normalisers.collation,
        "default": normalisers.text,
        "not_null": normalisers.flag,
    },
}
"""Object class -> attribute of both readers -> function that brings both values into one form."""
NOT_COMPARED: Final[Mapping[str, str]] = {
    "table": "the first part of the identity; an entry of another table is another entry",
}
"""Attribute of the inspection's entries that is not in ``SHARED`` -> the reason."""
BY_KEY: Final = frozenset({"operator_classes", "order"})
"""Attributes that SQLAlchemy keys by the text of an index key: two keys with the same text share one value."""


def disagreements(schema: Schema, inspection: Inspection) -> list[Difference]:
    """Return the disagreements about one database; left is the catalog reader's value, right the inspection's."""
    catalog = {
        _key(entry.kind, str(entry.identity)): _with_comment(schema, entry)
        for entry in schema
        if _is_shared(schema, entry)
    }
    inspected = {_key(*key): attributes for key, attributes in inspection.items() if key[0] in KINDS}
    return sorted(
        _disagreements(catalog, inspected),
        key=lambda difference: (difference.object, difference.kind, difference.attribute),
    )


def _disagreements(catalog: Inspection, inspected: Inspection) -> Iterator[Difference]:
    for key in catalog.keys() | inspected.keys():
        one, other = catalog.get(key), inspected.get(key)
        if one is None or other is None:
            yield Difference(*key, "changed", "seen", one is not None, other is not None)
            continue
        for attribute, normalise in SHARED.get(key[0], {}).items():
            if attribute not in other or (attribute in BY_KEY and _repeats_a_key(other)):
                continue
            left, right = normalise(one.get(attribute)), normalise(other[attribute])
            if left != right:
                yield Difference(*key, "changed", attribute, left, right)


def _repeats_a_key(index: Attributes) -> bool:
    return len(set(index["keys"])) < len(index["keys"])


def _with_comment(schema: Schema, entry: Entry) -> Attributes:
    comment = schema.entries.get(Identity("comment", target=entry.identity))
    return {**entry.attributes, "comment": comment.attributes["comment"]} if comment else entry.attributes


def _is_shared(schema: Schema, entry: Entry) -> bool:
    """Return whether the inspection shows the object too: it omits what an extension owns, except for schemas."""
    if entry.kind not in KINDS:
        return False
    if entry.kind == "schema":
        return True
    owners = [entry, *(schema.entries[parent] for parent in entry.parents if parent in schema.entries)]
    if any("extension" in owner.attributes for owner in owners if owner.kind != "schema"):
        return False
    kinds = {parent.kind for parent in entry.parents}
    if entry.kind == "column":
        return not kinds.isdisjoint(
            TABLES
        )  # the inspection shows only the names of a view's columns: ``column_order``
    if entry.kind == "constraint":
        # The inspection does not list constraint triggers, nor the NOT NULL constraints of domains.
        return (entry.attributes["kind"] in CONSTRAINTS and not kinds.isdisjoint(TABLES)) or (
            entry.attributes["kind"] == "check" and "type" in kinds
        )
    return entry.kind != "type" or entry.attributes.get("category") in TYPES


def _key(kind: str, name: str) -> Key:
    return kind, normalisers.unquoted(name)
