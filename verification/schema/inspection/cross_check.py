"""Compare what the catalog reader and the inspection return for the same database.

The two share no query and no code. A disagreement is a fault of one of them, and the database then does
not count as equal to any other. Every attribute that the inspection returns is in ``shared``: a test fails for one
that is not.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from ..comparison.difference import Difference
from ..model import inspected_forms
from ..model.identity import Identity
from ..model.objects import Object, meanings
from ..model.schema import Schema

TABLES: Final = frozenset({"table", "foreign_table"})
RELATIONS: Final = frozenset({*TABLES, "view", "materialized_view"})
KINDS: Final = frozenset({*RELATIONS, "column", "constraint", "index", "schema", "sequence", "type"})
"""Object classes that both readers see; of some only those of ``_is_shared``."""
CONSTRAINTS: Final = frozenset({"primary key", "foreign key", "unique", "check", "exclusion"})
TYPES: Final = frozenset({"enum", "domain"})

Attributes = Mapping[str, object]
Inspection = Mapping[Identity, Attributes]
Normaliser = Callable[[object], object]

COMMENTED: Final = frozenset({*RELATIONS, "column", "constraint"})
"""Object classes whose comments the inspection shows."""
BY_KEY: Final = frozenset({"operator_classes", "order"})
"""Attributes that SQLAlchemy keys by the text of an index key: two keys with the same text share one value."""


@cache
def shared(kind: str) -> Mapping[str, Normaliser]:
    """Return attribute of both readers -> function that brings both values into one form."""
    found = {name: each.inspected for name, each in meanings(kind).items() if each.inspected}
    return {**found, "comment": inspected_forms.text} if kind in COMMENTED else found


def disagreements(schema: Schema, inspection: Inspection) -> list[Difference]:
    """Return the disagreements about one database; left is the catalog reader's value, right the inspection's."""
    catalog = {
        _unquoted(entry.key): _with_comment(schema, entry) for entry in schema if _is_shared(schema, entry)
    }
    inspected = {_unquoted(key): attributes for key, attributes in inspection.items() if key.kind in KINDS}
    return sorted(
        _disagreements(catalog, inspected),
        key=lambda difference: (difference.object, difference.kind, difference.attribute),
    )


def _disagreements(catalog: Inspection, inspected: Inspection) -> Iterator[Difference]:
    for key in catalog.keys() | inspected.keys():
        one, other = catalog.get(key), inspected.get(key)
        if one is None or other is None:
            yield Difference.of(key, "changed", "seen", one is not None, other is not None)
            continue
        for attribute, normalise in shared(key.kind).items():
            if attribute not in other or (attribute in BY_KEY and _repeats_a_key(other)):
                continue
            left, right = normalise(one.get(attribute)), normalise(other[attribute])
            if left != right:
                yield Difference.of(key, "changed", attribute, left, right)


def _repeats_a_key(index: Attributes) -> bool:
    keys = inspected_forms.as_tuple(index["keys"])
    return len(set(keys)) < len(keys)


def _with_comment(schema: Schema, entry: Object) -> Attributes:
    comment = schema.entries.get(Identity("comment", target=entry.key))
    return {**entry.properties, "comment": comment.properties["comment"]} if comment else entry.properties


def _is_shared(schema: Schema, entry: Object) -> bool:
    """Return whether the inspection shows the object too: it omits what an extension owns, except for schemas."""
    if entry.key.kind not in KINDS:
        return False
    if entry.key.kind == "schema":
        return True
    owners = [entry, *(schema.entries[parent] for parent in entry.parents if parent in schema.entries)]
    if any("extension" in owner.properties for owner in owners if owner.key.kind != "schema"):
        return False
    kinds = {parent.kind for parent in entry.parents}
    if entry.key.kind == "column":
        return not kinds.isdisjoint(
            TABLES
        )  # the inspection shows only the names of a view's columns: ``column_order``
    if entry.key.kind == "constraint":
        # The inspection does not list constraint triggers, nor the NOT NULL constraints of domains.
        return (entry.properties["kind"] in CONSTRAINTS and not kinds.isdisjoint(TABLES)) or (
            entry.properties["kind"] == "check" and "type" in kinds
        )
    return entry.key.kind != "type" or entry.properties.get("category") in TYPES


def _unquoted(key: Identity) -> Identity:
    """Return the identity without quotes, also of a name that has some: only the catalog reader writes them."""
    schema, relation, name = map(inspected_forms.unquoted, key[1:4])
    return Identity(key.kind, schema, relation, name)
