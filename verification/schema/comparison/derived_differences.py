"""Which differences are derived: PostgreSQL made the change because of another one that is reported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..model.identity import Identity
from ..model.schema import Entry, Schema, Value
from .difference import Difference

Changed = Mapping[Identity, Mapping[str, tuple[Value, Value]]]

ONLY_ATTRIBUTE: Final = {
    "comment": "comment",
    "grant": "privileges",
    "default_privileges": "privileges",
    "security_label": "label",
}
"""Object classes with a single attribute; its value is shown when such an object is added or removed."""

NEVER_RENAMED: Final = frozenset({"row", "database", "extension", "user_mapping", "cast", "transform"})
VIEWS: Final = frozenset({"view", "materialized_view"})
TYPES: Final = frozenset({"type", "collation"})
INHERITED_FROM_TABLE: Final = frozenset({"owner", "persistence"})
"""Attributes that PostgreSQL also changes in a table's own sequences.

https://www.postgresql.org/docs/current/sql-altertable.html (OWNER TO, SET LOGGED)
"""
GRANTS: Final = frozenset({"grant", "security_label"})
KEY_ATTRIBUTES: Final = (
    "order",
    "operator_classes",
    "operator_class_parameters",
    "collations",
    "statistics_targets",
)
IMPLIED: Final = {
    "deferrable": ("initially_deferred",),
    "partition_of": ("partition_bound",),
    "result": ("argument_modes",),
    "on_delete": ("on_delete_columns",),
    "enforced": ("valid",),  # what is not enforced cannot be valid
    "provider": ("version",),
    "locale": ("version",),
    "period": ("method",),
    "subtype": ("operator_class", "subtype_collation"),
}
"""Attribute -> attributes of the same object that PostgreSQL changes with it."""
CHANGED_BY_ATTACHING: Final = frozenset({"partition_of", "not_null_constraint"})
"""Attributes of indexes and columns that change when their table is attached as a partition."""
INDEX_REFERENCES: Final = frozenset({"clustered_index", "replica_identity"})
"""Attributes of a table that name one of its indexes."""
ONLY_OF_CONSTRAINTS: Final = frozenset({"kind", "columns", "deferrable", "initially_deferred"})

KINDS: Final = frozenset(
    {
        "access_method", "aggregate", "cast", "collation", "column", "comment", "constraint", "conversion",
        "database", "default_privileges", "event_trigger", "extension", "foreign_data_wrapper",
        "foreign_table", "function", "grant", "index", "language", "materialized_view", "operator",
        "operator_class", "operator_family", "policy", "procedure", "publication", "publication_schema",
        "publication_table", "row", "rule", "schema", "security_label", "sequence", "server", "state", "statistics",
        "subscription", "table", "text_search_configuration", "text_search_dictionary",
        "text_search_parser", "text_search_template", "transform", "trigger", "type", "user_mapping",
        "view",
    }
)  # fmt: skip
"""Every object class of the model."""
ATTRIBUTES: Final = frozenset({"owner", "name", "column_order"})
"""Attributes that ``--ignore`` accepts even when no object in either schema has one."""


@dataclass(frozen=True)
class DiffContext:
    """All differences between two schemas, before the derived ones are dropped."""

    left: Mapping[Identity, Entry]
    right: Mapping[Identity, Entry]
    removed: Mapping[Identity, Entry]
    added: Mapping[Identity, Entry]
    changed: Changed

    def is_derived(self, entry: Entry, gone: Mapping[Identity, Entry]) -> bool:
        """Return whether an object was added or removed together with one that it depends on.

        ``gone``: all removed objects for a removed one, all added objects for an added one.
        """
        side = self.left if gone is self.removed else self.right
        ancestors = set(_ancestors(entry, side))
        return (
            not ancestors.isdisjoint(gone)
            or (entry.kind not in GRANTS and self._extension_changed(ancestors))
            or any(
                Identity("extension", name=name) in gone
                for name in entry.attributes.get("depends_on_extensions", ())
            )
            or (_is_copied(entry) and self._parent_changed(entry, "partition_of"))
            or (entry.kind == "grant" and gone is self.removed and self._became_owner(entry))
            or (
                entry.kind in ("publication_table", "publication_schema")
                and self._parent_changed(entry, "all_tables")
            )
            or (
                entry.kind == "column"
                and _is_view_column(entry)
                and self._parent_changed(entry, "definition")
            )
            or (entry.kind == "sequence" and self._of_serial(entry))
        )

    def is_derived_attribute(self, key: Identity, attribute: str, values: tuple[Value, Value]) -> bool:
        """Return whether an attribute changed because another object did, which is reported."""
        entry = self.left[key]
        return (
            (entry.kind not in GRANTS and self._extension_changed(set(_ancestors(entry, self.left))))
            or self._is_inherited(entry, attribute, values)
            or (attribute == "default" and entry.kind == "column" and self.serial(key) is not None)
            or (attribute in CHANGED_BY_ATTACHING and self._parent_changed(entry, "partition_of"))
            or (attribute == "local" and self._parent_changed(entry, "inherits"))
            or (attribute == "valid" and self._index_was_attached(key))
            or (attribute in INDEX_REFERENCES and self._referenced_index_changed(key, values))
            or (attribute in INHERITED_FROM_TABLE and self._changed_with_table(entry, attribute, values))
            or (attribute == "not_null" and self._primary_key_changed(key))
            or (attribute == "collations" and self._collation_changed_with_column(entry, values))
            or (
                attribute in TYPES
                and entry.kind == "column"
                and _is_view_column(entry)
                and self._query_changed(entry)
            )
        )

    def _of_serial(self, sequence: Entry) -> bool:
        """Return whether a sequence is that of a serial column which is an identity column on the other side."""
        column = Identity.parse("column", sequence.attributes.get("owned_by", "-"))
        return column in self.changed and self.serial(column) is not None

    def serial(self, column: Identity) -> int | None:
        """Return the side (0: left) on which a column is serial and not, as on the other, an identity column."""
        if "identity" not in self.changed.get(column, {}):
            return None
        for place, side in enumerate((self.left, self.right)):
            default = str(side[column].attributes.get("default", ""))
            if "identity" not in side[column].attributes and any(
                entry.attributes.get("owned_by") == str(column)
                and default == f"nextval('{entry.identity}'::regclass)"
                for entry in side.values()
                if entry.kind == "sequence"
            ):
                return place
        return None

    def _parent_changed(self, entry: Entry, attribute: str) -> bool:
        """Return whether this attribute of the object's first parent has changed."""
        return bool(entry.parents) and attribute in self.changed.get(entry.parents[0], {})

    def _is_inherited(self, entry: Entry, attribute: str, values: tuple[Value, Value]) -> bool:
        """Return whether the object that this one is inherited from has the same change."""
        return any(
            parent.kind == entry.kind and self.changed.get(parent, {}).get(attribute) == values
            for parent in entry.parents
        )

    def _changed_with_table(self, entry: Entry, attribute: str, values: tuple[Value, Value]) -> bool:
        """Return whether a sequence changed with the table whose column owns it."""
        return (
            entry.kind == "sequence"
            and "owned_by" in entry.attributes
            and any(
                self.changed.get(ancestor, {}).get(attribute) == values
                for ancestor in _ancestors(entry, self.left)
            )
        )

    def _query_changed(self, column: Entry) -> bool:
        """Return whether a view's column has another type because the query or a column it reads has changed."""
        view = self.left[column.parents[0]]
        return self._parent_changed(column, "definition") or any(
            TYPES & self.changed.get(used, {}).keys() for used in view.uses
        )

    def _primary_key_changed(self, column: Identity) -> bool:
        """Return whether a primary key with this column was added or removed: it sets NOT NULL."""
        return any(
            column in entry.parents and entry.attributes.get("kind") == "primary key"
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

    def _became_owner(self, grant: Entry) -> bool:
        """Return whether the grantee owns the object now and needs no grant."""
        owners = self.changed.get(grant.parents[0], {}).get("owner")
        return bool(owners and grant.identity.name == owners[1])

    def _collation_changed_with_column(self, entry: Entry, values: tuple[Value, Value]) -> bool:
        """Return whether an index key's collation changed exactly as that of a column it is made of."""
        columns = [self.changed[key].get("collation") for key in entry.parents if key in self.changed]
        keys = len(entry.attributes.get("keys") or entry.attributes.get("columns") or ())
        left, right = (side or (None,) * keys for side in values)
        changes = {pair for pair in zip(left, right, strict=False) if pair[0] != pair[1]}
        return len(left) == len(right) and bool(changes) and changes <= set(columns)

    def _extension_changed(self, ancestors: Iterable[Identity]) -> bool:
        return any(key.kind == "extension" and key in self.changed for key in ancestors)


def _is_copied(entry: Entry) -> bool:
    """Return whether the object is a partition's copy of one of the partitioned table."""
    return bool(entry.attributes.get("inherited")) or "partition_of" in entry.attributes


def _is_view_column(column: Entry) -> bool:
    return bool(column.parents) and column.parents[0][0] in VIEWS


def _ancestors(entry: Entry, side: Mapping[Identity, Entry]) -> Iterable[Identity]:
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


def without_derived(
    left: Entry, right: Entry, changed: dict[str, tuple[Value, Value]]
) -> dict[str, tuple[Value, Value]]:
    """Return the changed attributes of one object without those that changed because of another of them."""
    for base in ("identity", "generated", "not_null"):
        if base in changed and (not left.attributes.get(base) or not right.attributes.get(base)):
            changed = {name: values for name, values in changed.items() if not name.startswith(f"{base}_")}
    if ("keys" in changed or "columns" in changed) and _common_keys_unchanged(left, right):
        changed = {name: values for name, values in changed.items() if name not in KEY_ATTRIBUTES}
    if "kind" in changed and left.kind == "constraint":
        return {"kind": changed["kind"]}  # another constraint under the name of the old
    implied = {name for cause, names in IMPLIED.items() if cause in changed for name in names}
    return {name: values for name, values in changed.items() if name not in implied}


def _common_keys_unchanged(left: Entry, right: Entry) -> bool:
    """Return whether every key that both indexes have kept its order, operator class and collation."""
    one, other = _keys(left), _keys(right)
    if one is None or other is None:
        return False
    return all(one[key] == other[key] for key in one.keys() & other.keys())


def _keys(entry: Entry) -> dict[str, tuple[Value, ...]] | None:
    keys = entry.attributes.get("keys") or entry.attributes.get("columns") or ()
    if len(set(keys)) != len(keys):
        return None
    columns = [entry.attributes.get(name) or (None,) * len(keys) for name in KEY_ATTRIBUTES]
    if any(len(values) != len(keys) for values in columns):
        return None
    return dict(zip(keys, zip(*columns, strict=True), strict=True)) if keys else {}


def equal_unique_index(
    constraint: Entry, others: Mapping[Identity, Entry], *, by_meaning: bool
) -> Identity | None:
    """Return the key of the unique index that has all properties of a unique constraint, None if there is none.

    ``by_meaning``: whatever its name.
    """
    wanted = {k: v for k, v in constraint.attributes.items() if k not in ONLY_OF_CONSTRAINTS}
    wanted |= {"method": "btree", "keys": constraint.attributes["columns"], "unique": True}
    if by_meaning and constraint.attributes.get("deferrable"):
        return None
    for key, entry in others.items():
        if key.kind == "index" and (by_meaning or key == constraint.identity.like("index")):
            same_table = entry.parents[0] == constraint.parents[0]
            if same_table and entry.attributes == wanted:
                return key
    return None


def context_differences(left: Schema, right: Schema) -> list[Difference]:
    """Return differences in what no migration sets: encoding, collation, locale provider."""
    return [
        Difference("database", "database", "changed", name, left.context.get(name), right.context.get(name))
        for name in sorted(left.context.keys() | right.context.keys())
        if left.context.get(name) != right.context.get(name)
    ]
