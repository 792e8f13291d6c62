"""Which objects are dropped, made and changed, and which are left to the user.

An object that stands in the way of a change is dropped first and made again after it, if nothing is lost with it.
What cannot be made is refused, and with it all that needs it: nothing is begun that would end in an error.
"""

from collections.abc import Iterable

from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema
from . import support
from .casts import through
from .changes import CHANGES
from .definitions import is_own
from .dependencies import ANNOTATIONS, DEFAULT, default_of
from .naming import owner
from .obstacles import VIEWS, Obstacles

RETYPED = ("type", "collation")


class Plan(Obstacles):
    """The work between two schemas. ``run`` decides; the sets say what comes of it."""

    def __init__(self, left: Schema, right: Schema) -> None:
        super().__init__(left, right)
        self.dropped: set[Identity] = set()
        self.made: set[Identity] = set()

    def run(self) -> None:
        """Decide, again and again with what was refused, until nothing more is refused."""
        for entry in self.right.of_kind("table"):
            parents = (Identity.parse("table", each) for each in entry.names_of("partition_of"))
            if any(self._is_otherwise_partitioned(each) for each in parents):
                self.refused.add(entry.key)
        while True:
            size = len(self.refused) + len(self.kept)
            self.detached = {each for each in self.moved if self.partner[each] not in self.refused}
            self.dropped, self.retyped, self.replaced = set(), set(), set()
            self._retype()
            self._rebuild()
            self._remove()
            self.made = (
                self.new | {self.partner[key] for key in self.dropped if key in self.partner}
            ) - self.refused
            self._refuse_what_leans()
            if len(self.refused) + len(self.kept) == size:
                return

    def _is_otherwise_partitioned(self, table: Identity) -> bool:
        """Return whether a table that stays has another partition key, or none: no statement changes that."""
        return "partition_key" in self.changed.get(table, {})

    def _retype(self) -> None:
        for key, changed in self.changed.items():
            if key.kind == "type" and not self._changes(key, changed) and key not in self.refused:
                self._replace_type(key)
        for key, changed in self.changed.items():
            if key.kind == "column" and set(RETYPED) & set(changed) and key not in self.refused:
                self._retype_column(key)

    def _replace_type(self, key: Identity) -> None:
        old = self.origin[key]
        columns = [
            each
            for each in self.before.dependents.get(old, ())
            if each.kind == "column" and self._is_table_column(each)
        ]
        if not columns:
            return  # it is dropped and made again
        entry = self.right.entries[key]
        if entry.properties.get("category") == "composite" or not support.is_known(entry):
            self.refused.add(key)
            return
        self.replaced.add(key)
        others = self.before.dependents[old] - set(columns)
        found = self._closure([each for each in others if each.kind != DEFAULT or each in self.partner])
        if found is None:
            self.refused.add(key)
            self.replaced.discard(key)
            return
        self.dropped |= found
        for each in columns:
            if each in self.partner:
                self._retype_column(self.partner[each])
                if self.partner[each] in self.refused:
                    self.refused.add(key)

    def _retype_column(self, key: Identity) -> None:
        old = self.origin[key]
        ours, theirs = self.left.entries[old], self.right.entries[key]
        if owner(theirs)[0] in VIEWS or "generated" in ours.properties or "generated" in theirs.properties:
            return
        dependents = [each for each in self.before.dependents.get(old, ()) if self._reads(each, old)]
        found = self._closure(dependents)
        has_cast = through(ours, self.left, theirs, self.right) is not None
        if found is None or owner(theirs)[0] != "table" or not has_cast:
            self.refused.add(key)
            return
        self.dropped |= found
        self.retyped.add(key)

    def _rebuild(self) -> None:
        for key, changed in self.changed.items():
            if key in self.refused or key in self.replaced or key.kind not in support.REBUILT | {"column"}:
                continue
            if key.kind in ANNOTATIONS or (key.kind == "column" and not self._is_generated(key)):
                continue
            if self._changes(key, changed):
                continue
            self._drop(self.origin[key], key)
        for key, changed in self.changed.items():
            if key.kind == "column" and "not_null" in changed and key not in self.refused:
                for each in self._keys_below(key):
                    self._drop(each, key)

    def _keys_below(self, column: Identity) -> Iterable[Identity]:
        """Return primary keys and replica identities below a column: with them none loses NOT NULL with its parent."""
        if self.right.entries[column].properties.get("not_null"):
            return
        for below in self.before.below(self.origin[column]):
            table = self.left.entries[owner(self.left.entries[below])]
            if table.key in self.detached:
                continue
            for each in self.before.dependents.get(below, set()) & self.partner.keys():
                marked = table.text_of("replica_identity") == f"index {each.name}"
                if marked or self.left.entries[each].properties.get("kind") == "primary key":
                    yield each

    def _is_generated(self, key: Identity) -> bool:
        """Return whether a column is generated on both sides, so that its values are made again."""
        sides = (self.left.entries[self.origin[key]], self.right.entries[key])
        return all("generated" in side.properties for side in sides) and bool(
            {"generated", "generated_kind", *RETYPED} & self.changed.get(key, {}).keys()
        )

    def _changes(self, key: Identity, changed: Iterable[str]) -> bool:
        """Return whether there are statements for all changes of an object."""
        known = CHANGES.get(key.kind, {})
        ours, theirs = self.renamed[self.origin[key]], self.right.entries[key]
        if key.kind == "view" and "definition" in changed:
            return self._is_replaceable_view(ours, theirs) and set(changed) - {"definition"} <= set(known)
        if key.kind == "type" and "category" in changed:
            return False
        for name in changed:
            if (
                name == "extension"
                or (name == "valid" and (key.kind == "index" or support.is_unique(theirs)))
                or self._comes_by_attaching(key, name)
                or (name == "partition_of" and self.is_joined(key))
            ):
                continue
            if name not in known or known[name](ours, theirs) is None:
                return False
        return True

    def is_joined(self, key: Identity) -> bool:
        """Return whether an index that stays is attached to one of the partitioned table."""
        before, _ = self.changed.get(key, {}).get("partition_of", ("", ""))
        if key.kind not in ("index", "constraint") or key in self.made | self.refused:
            return False
        above = {each for each in self.right.entries[key].parents if each.kind in ("index", "constraint")}
        return (before is None or not above.isdisjoint(self.made)) and not self._comes_by_attaching(
            key, "partition_of"
        )

    def _comes_by_attaching(self, key: Identity, name: str) -> bool:
        """Return whether an attribute of a copy changes when its table is attached or detached."""
        entry = self.right.entries[key]
        tables = {self.partner[each] for each in self.detached}
        return (
            name in ("partition_of", "inherited", "local", "valid")
            and owner(entry) in tables
            and key.kind != "trigger"
        )

    def _is_replaceable_view(self, left: Object, right: Object) -> bool:
        """Return whether CREATE OR REPLACE VIEW accepts the columns: the old ones first, with their types."""
        old, new = [list(side.names_of("column_order")) for side in (left, right)]
        if new[: len(old)] != old:
            return False
        keys = [right.key.part("column", each) for each in old]
        return not any(self.changed.get(key, {}).keys() & set(RETYPED) for key in keys)

    def _remove(self) -> None:
        for key in self.gone - self.kept:
            if key in self.dropped:
                continue
            if key.kind == DEFAULT and key.like("column") not in self.partner:
                continue  # it goes with its column
            found = self._closure([key])
            if found is None:
                self.kept.add(key)
            else:
                self.dropped |= found

    def _drop(self, old: Identity, new: Identity) -> None:
        found = self._closure([old])
        if found is None:
            self.refused.add(new)
        else:
            self.dropped |= found

    def _refuse_what_leans(self) -> None:
        """Refuse what the script cannot make, and what needs something refused."""
        for key in self.made:
            entry = self.right.entries.get(key)
            if entry is not None and not self._can_make(entry):
                self.refused.add(key)
        waiting = True
        while waiting:
            waiting = False
            for key in (self.made | self.changed.keys()) - self.refused:
                if self._leans(key):
                    self.refused.add(key)
                    waiting = True
        self.made -= self.refused

    def _can_make(self, entry: Object) -> bool:
        if support.is_of_other_grantor(entry):
            return False
        if not self.kept.isdisjoint(entry.key.like(each) for each in ("index", "constraint")):
            return False  # the name is taken
        if self._is_otherwise_partitioned(owner(entry)) and support.is_unique(entry):
            return False
        if entry.key.kind == "comment":
            target = entry.parents[0]
            return target.kind in support.KNOWN or target not in self.new
        if entry.key.kind == "column" and owner(entry)[0] in VIEWS:
            return True
        return support.is_known(entry)

    def _leans(self, key: Identity) -> bool:
        if key.kind == "column" and self._stays_in_key(key):
            return True
        needs = set(self.after.needs.get(key, ()))
        entry = self.right.entries.get(key)
        if entry is not None and entry.key.kind in ("function", "procedure") and "body" in entry.properties:
            needs |= self.after.mentioned(entry.text_of("body")) & self.new
        if key in self.new and key.kind == "table":
            for column in self.right.entries[key].names_of("column_order"):
                own = key.part("column", column)
                needs |= {own, *self.after.needs.get(own, ()), *self.after.needs.get(default_of(own), ())} - {
                    key
                }
        if entry is not None and entry.key.kind in ANNOTATIONS:
            needs &= self.new
        if entry is not None and entry.key.kind == "sequence":
            needs = {each for each in needs if each.kind not in ("column", "table")}
        if key.kind == "table" and key not in self.new:
            needs = {each for each in needs if each.kind == "table"} & self.new
        return not needs.isdisjoint(self.refused)

    def _stays_in_key(self, column: Identity) -> bool:
        """Return whether a column would lose its NOT NULL in a primary key that stays as it is."""
        if "not_null" not in self.changed.get(column, {}) or self.right.entries[column].properties.get(
            "not_null"
        ):
            return False
        return any(
            self.left.entries[each].properties["kind"] == "primary key"
            and (each in self.kept or self.partner.get(each) in self.refused)
            for each in self.before.dependents.get(self.origin[column], ())
            if each.kind == "constraint"
        )

    def comes_by_itself(self, key: Identity) -> Identity | None:
        """Return the object with which PostgreSQL makes another one; None: the script makes it."""
        entry = self.right.entries.get(key)
        if entry is None:
            column = key.like("column")
            table = owner(self.right.entries[column])
            return (
                self._carrier(column) or column if column in self.made and table.kind not in VIEWS else None
            )
        if support.is_member(entry):
            return next(parent for parent in entry.parents if parent.kind == "extension")
        return self._carrier(key)

    def _carrier(self, key: Identity) -> Identity | None:  # noqa: PLR0911 - a list of cases
        entry = self.right.entries[key]
        if entry.key.kind not in ("column", "constraint", "trigger"):
            return None
        table = owner(entry)
        if entry.key.kind == "column" and (table.kind in VIEWS or table in self.made):
            return None if key in self.postponed else table
        if (
            entry.key.kind == "constraint"
            and table.kind == "type"
            and support.is_member(self.right.entries[table])
        ):
            return table
        for parent in entry.parents:
            if parent.kind != key.kind or parent not in self.right.entries:
                continue
            if entry.key.kind == "trigger":
                return parent if parent in self.made else table
            if is_own(entry):
                return None
            if entry.key.kind == "column":
                return parent if parent in self.made else None
            return self._inherited_constraint(entry, parent)
        return None

    @property
    def postponed(self) -> set[Identity]:
        """Columns of new tables that are added when tables that stay have begun to inherit: these get them, too."""
        return {
            parent
            for table, changed in self.changed.items()
            if table.kind == "table" and "inherits" in changed and table not in self.refused
            for name in self.right.entries[table].names_of("column_order")
            if (column := self.right.entries[table.part("column", name)]).key in self.made
            and not is_own(column)
            for parent in column.parents
            if parent in self.made and owner(self.right.entries[parent]) in self.made
        }

    def _inherited_constraint(self, entry: Object, parent: Identity) -> Identity | None:
        table = owner(entry)
        is_partition = "partition_of" in self.right.entries[table].properties
        kind = entry.properties["kind"]
        same = entry.key.name == parent.name
        if kind == "foreign key":
            return (parent if parent in self.made else table) if same else None
        if kind != "check":
            return None
        attached = table in self.made or self.origin.get(table) in self.detached
        return None if is_partition and attached else parent if parent in self.made else table
