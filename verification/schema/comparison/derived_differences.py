"""Which differences are derived: PostgreSQL made the change because of another one that is reported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from ..model.identity import Identity
from ..model.objects import (
    CLASSES,
    Annotation,
    Object,
    Value,
    attribute_names,
    with_meaning,
)
from ..model.schema import Schema
from .difference import Difference
from .renames import map_texts

Changed = Mapping[Identity, Mapping[str, tuple[Value, Value]]]

NEVER_RENAMED: Final = frozenset({"row", "database", "extension", "user_mapping", "cast", "transform"})
VIEWS: Final = frozenset({"view", "materialized_view"})
TYPES: Final = frozenset({"type", "collation"})
GRANTS: Final = frozenset({"grant", "security_label"})
KINDS: Final = frozenset({*CLASSES, "row", "state"})
"""Every object class of the model, and what else a comparison of two chains finds."""
ONLY_OF_CONSTRAINTS: Final = frozenset(attribute_names("constraint")) - frozenset(attribute_names("index"))
ATTRIBUTES: Final = frozenset({"owner", "name", "column_order"})
"""Attributes that ``--ignore`` accepts even when no object in either schema has one."""


@dataclass(frozen=True)
class DiffContext:
    """All differences between two schemas, before the derived ones are dropped."""

    left: Mapping[Identity, Object]
    right: Mapping[Identity, Object]
    removed: Mapping[Identity, Object]
    added: Mapping[Identity, Object]
    changed: Changed

    def is_derived(self, entry: Object, gone: Mapping[Identity, Object]) -> bool:
        """Return whether an object was added or removed together with one that it depends on.

        ``gone``: all removed objects for a removed one, all added objects for an added one.
        """
        side = self.left if gone is self.removed else self.right
        above = set(ancestors(entry, side))
        return (
            not above.isdisjoint(gone)
            or (entry.key.kind not in GRANTS and self._extension_changed(above))
            or any(
                Identity("extension", name=name) in gone for name in entry.names_of("depends_on_extensions")
            )
            or (_is_copied(entry) and self._parent_changed(entry, "partition_of"))
            or (entry.key.kind == "grant" and gone is self.removed and self._became_owner(entry))
            or (
                entry.key.kind in ("publication_table", "publication_schema")
                and self._parent_changed(entry, "all_tables")
            )
            or (
                entry.key.kind == "column"
                and _is_view_column(entry)
                and self._parent_changed(entry, "definition")
            )
            or (entry.key.kind == "sequence" and self._of_serial(entry))
        )

    def is_derived_attribute(self, key: Identity, attribute: str, values: tuple[Value, Value]) -> bool:
        """Return whether an attribute changed because another object did, which is reported."""
        entry = self.left[key]
        meaning = entry.meaning(attribute)
        return (
            (entry.key.kind not in GRANTS and self._extension_changed(set(ancestors(entry, self.left))))
            or self._is_inherited(entry, attribute, values)
            or (attribute == "default" and entry.key.kind == "column" and self.serial(key) is not None)
            or (meaning.by_attaching and self._parent_changed(entry, "partition_of"))
            or (attribute == "local" and self._parent_changed(entry, "inherits"))
            or (attribute == "valid" and self._index_was_attached(key))
            or (meaning.names_index and self._referenced_index_changed(key, values))
            or (meaning.follows_table and self._changed_with_table(entry, attribute, values))
            or (attribute == "not_null" and self._primary_key_changed(key))
            or (attribute == "collations" and self._collation_changed_with_column(entry, values))
            or (meaning.parsed and self._labels_renamed(*values))
            or (
                attribute in TYPES
                and entry.key.kind == "column"
                and _is_view_column(entry)
                and self._query_changed(entry)
            )
        )

    def _labels_renamed(self, left: Value, right: Value) -> bool:
        """Return whether two expressions differ only in labels of enums, which have another name in the same place."""
        for key, attributes in self.changed.items():
            if key.kind != "type" or "values" not in attributes:
                continue
            before, after = (side[key].names_of("values") for side in (self.left, self.right))
            for old, new in zip(before, after, strict=False) if len(before) == len(after) else ():
                if old not in after and new not in before:
                    one, other = ("'{}'::{}".format(name.replace("'", "''"), key) for name in (old, new))
                    left = map_texts(left, partial(_replaced, one, other))
        return bool(left == right)

    def _of_serial(self, sequence: Object) -> bool:
        """Return whether a sequence is that of a serial column which is an identity column on the other side."""
        column = Identity.parse("column", sequence.text_of("owned_by", "-"))
        return column in self.changed and self.serial(column) is not None

    def serial(self, column: Identity) -> int | None:
        """Return the side (0: left) on which a column is serial and not, as on the other, an identity column."""
        if "identity" not in self.changed.get(column, {}):
            return None
        for place, side in enumerate((self.left, self.right)):
            default = side[column].text_of("default")
            if "identity" not in side[column].properties and any(
                entry.properties.get("owned_by") == str(column)
                and default == f"nextval('{entry.key}'::regclass)"
                for entry in side.values()
                if entry.key.kind == "sequence"
            ):
                return place
        return None

    def _parent_changed(self, entry: Object, attribute: str) -> bool:
        """Return whether this attribute of the object's first parent has changed."""
        return bool(entry.parents) and attribute in self.changed.get(entry.parents[0], {})

    def _is_inherited(self, entry: Object, attribute: str, values: tuple[Value, Value]) -> bool:
        """Return whether the object that this one is inherited from has the same change."""
        return any(
            parent.kind == entry.key.kind and self.changed.get(parent, {}).get(attribute) == values
            for parent in entry.parents
        )

    def _changed_with_table(self, entry: Object, attribute: str, values: tuple[Value, Value]) -> bool:
        """Return whether a sequence changed with the table whose column owns it."""
        return (
            entry.key.kind == "sequence"
            and "owned_by" in entry.properties
            and any(
                self.changed.get(ancestor, {}).get(attribute) == values
                for ancestor in ancestors(entry, self.left)
            )
        )

    def _query_changed(self, column: Object) -> bool:
        """Return whether a view's column has another type because the query or a column it reads has changed."""
        view = self.left[column.parents[0]]
        return self._parent_changed(column, "definition") or any(
            TYPES & self.changed.get(used, {}).keys() for used in view.uses
        )

    def _primary_key_changed(self, column: Identity) -> bool:
        """Return whether a primary key with this column was added or removed: it sets NOT NULL."""
        return any(
            column in entry.parents and entry.properties.get("kind") == "primary key"
            for entry in (*self.added.values(), *self.removed.values())
        )

    def _referenced_index_changed(self, table: Identity, values: tuple[Value, Value]) -> bool:
        """Return whether the index of CLUSTER ON or REPLICA IDENTITY was itself added or removed."""
        names = {str(value).removeprefix("index ") for value in values}
        return any(
            table.part(kind, name) in side
            for side in (self.removed, self.added)
            for kind in ("index", "constraint")
            for name in names
        )

    def _index_was_attached(self, index: Identity) -> bool:
        """Return whether an index of a partition was attached, added or removed.

        The index of the partitioned table is valid once every partition has one attached:
        https://www.postgresql.org/docs/current/sql-alterindex.html (ATTACH PARTITION)
        """
        return any(
            "partition_of" in attributes and index in (*self.left[key].parents, *self.right[key].parents)
            for key, attributes in self.changed.items()
        ) or any(index in entry.parents for entry in (*self.added.values(), *self.removed.values()))

    def _became_owner(self, grant: Object) -> bool:
        """Return whether the grantee owns the object now and needs no grant."""
        owners = self.changed.get(grant.parents[0], {}).get("owner")
        return bool(owners and grant.key.name == owners[1])

    def _collation_changed_with_column(self, entry: Object, values: tuple[Value, Value]) -> bool:
        """Return whether an index key's collation changed exactly as that of a column it is made of."""
        columns = [self.changed[key].get("collation") for key in entry.parents if key in self.changed]
        keys = len(entry.names_of("keys") or entry.names_of("columns"))
        left, right = (side if isinstance(side, tuple) else (None,) * keys for side in values)
        changes = {pair for pair in zip(left, right, strict=False) if pair[0] != pair[1]}
        return len(left) == len(right) and bool(changes) and changes <= set(columns)

    def _extension_changed(self, above: Iterable[Identity]) -> bool:
        return any(key.kind == "extension" and key in self.changed for key in above)


def _replaced(old: str, new: str, text: str) -> str:
    return text.replace(old, new)


def _is_copied(entry: Object) -> bool:
    """Return whether the object is a partition's copy of one of the partitioned table."""
    attached = entry.key.kind != "constraint" and "partition_of" in entry.properties
    return attached or bool(entry.properties.get("inherited"))


def _is_view_column(column: Object) -> bool:
    return bool(column.parents) and column.parents[0][0] in VIEWS


def ancestors(entry: Object, side: Mapping[Identity, Object]) -> Iterable[Identity]:
    """Yield what the object is removed with: its parents, theirs, and so on."""
    waiting = list(entry.parents)
    seen: set[Identity] = set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        yield key
        if key in side:
            waiting.extend(side[key].parents)


def without_implied(
    left: Object, right: Object, changed: dict[str, tuple[Value, Value]]
) -> dict[str, tuple[Value, Value]]:
    """Return the changed attributes of one object without those that changed because of another of them."""
    if "kind" in changed and left.key.kind == "constraint":
        return {"kind": changed["kind"]}  # another constraint under the name of the old
    begun = {name for name in changed if not left.properties.get(name) or not right.properties.get(name)}
    keys_changed = ("keys" in changed or "columns" in changed) and _common_keys_unchanged(left, right)
    kept = {}
    for name, values in changed.items():
        meaning = left.meaning(name)
        implied = meaning.part_of in begun or not changed.keys().isdisjoint(meaning.implied_by)
        if not implied and not (meaning.per_key and keys_changed):
            kept[name] = values
    return kept


def _common_keys_unchanged(left: Object, right: Object) -> bool:
    """Return whether every key that both indexes have kept its order, operator class and collation."""
    one, other = _keys(left), _keys(right)
    if one is None or other is None:
        return False
    return all(one[key] == other[key] for key in one.keys() & other.keys())


def _keys(entry: Object) -> dict[str, tuple[Value, ...]] | None:
    keys = entry.names_of("keys") or entry.names_of("columns")
    if len(set(keys)) != len(keys):
        return None
    per_key = with_meaning(entry.key.kind, "per_key")
    columns = [entry.values_of(name) or (None,) * len(keys) for name in per_key]
    if any(len(values) != len(keys) for values in columns):
        return None
    return {key: tuple(values[place] for values in columns) for place, key in enumerate(keys)}


def equal_unique_index(
    constraint: Object, others: Mapping[Identity, Object], *, by_meaning: bool
) -> Identity | None:
    """Return the key of the unique index that has all properties of a unique constraint, None if there is none.

    ``by_meaning``: whatever its name.
    """
    wanted = {k: v for k, v in constraint.properties.items() if k not in ONLY_OF_CONSTRAINTS}
    wanted |= {"method": "btree", "keys": constraint.properties["columns"], "unique": True}
    if by_meaning and constraint.properties.get("deferrable"):
        return None
    for key, entry in others.items():
        if key.kind == "index" and (by_meaning or key == constraint.key.like("index")):
            same_table = entry.parents[0] == constraint.parents[0]
            if same_table and entry.properties == wanted:
                return key
    return None


def only_attribute(entry: Object) -> str:
    """Return the single attribute of an annotation: its value is shown when one is added or removed."""
    if not isinstance(entry, Annotation):
        return ""
    (name,) = set(attribute_names(entry.key.kind)) - {"extension", "depends_on_extensions"}
    return name


def context_differences(left: Schema, right: Schema) -> list[Difference]:
    """Return differences in what no migration sets: encoding, collation, locale provider."""
    return [
        Difference("database", "database", "changed", name, left.context.get(name), right.context.get(name))
        for name in sorted(left.context.keys() | right.context.keys())
        if left.context.get(name) != right.context.get(name)
    ]
