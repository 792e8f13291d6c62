"""Which objects are dropped, made and changed, and which are left to the user.

An object that stands in the way of a change is dropped first and made again after it, if nothing is lost with it.
What cannot be made is refused, and with it all that needs it: nothing is begun that would end in an error.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from ..comparison.options import Options
from ..comparison.rename_detection import Attributes, find_renames
from ..comparison.renames import last_part
from ..model.schema import Entry, Key, Schema, Value
from . import support
from .changes import CHANGES
from .definitions import is_own
from .dependencies import ANNOTATIONS, DEFAULT, Graph, default_of
from .naming import PARTS, owner

VIEWS = ("view", "materialized_view")
RETYPED = ("type", "collation")


class Plan:
    """The work between two schemas. ``run`` decides; the sets say what comes of it."""

    def __init__(self, left: Schema, right: Schema) -> None:
        self.left, self.right = left, right
        self.before, self.after = Graph(left), Graph(right)
        options = Options()
        renamed, self.renames = find_renames(dict(left.entries), dict(right.entries), options)
        self.renamed = dict(zip(left.entries, renamed.values(), strict=True))
        """Key on the left -> the entry with the names that it has after the renames."""
        self.partner = {key: entry.key for key, entry in self.renamed.items() if entry.key in right.entries}
        other_arguments = {
            (each.kind, each.new)
            for each in self.renames.applied
            if each.old.partition("(")[2] != each.new.partition("(")[2]
        }
        for key, new in list(self.partner.items()):
            if new in other_arguments:
                del self.partner[key]  # ALTER FUNCTION does not change them
            elif key[0] in PARTS and self.partner.get(owner(left.entries[key])) != owner(right.entries[new]):
                del self.partner[key]  # a part of a table here, of a view there
        self.origin = {new: old for old, new in self.partner.items()}
        attributes = Attributes(self.renames, options)
        self.changed: dict[Key, dict[str, tuple[Value, Value]]] = {}
        for old, new in self.partner.items():
            one, other = self.renamed[old], right.entries[new]
            if one.attributes != other.attributes and (changed := attributes.changed(one, other)):
                self.changed[new] = changed
        self._pair_defaults()
        self.refused: set[Key] = set()
        """Objects of the right that are not made or not changed."""
        self.kept: set[Key] = set()
        """Objects of the left that are not dropped."""
        self.dropped: set[Key] = set()
        self.made: set[Key] = set()
        self.retyped: set[Key] = set()
        """Columns of the right whose type changes."""
        self.replaced: set[Key] = set()
        """Types of the right that are made under a new name beside the old one, since columns have them."""

    def _pair_defaults(self) -> None:
        """Pair the defaults of columns that stay: they are dropped and set by themselves."""
        for old, new in list(self.partner.items()):
            if old[0] != "column":
                continue
            here, there = default_of(old) in self.before.needs, default_of(new) in self.after.needs
            if here and there and "default" not in self.changed.get(new, {}):
                self.partner[default_of(old)] = default_of(new)
                self.origin[default_of(new)] = default_of(old)

    @cached_property
    def gone(self) -> set[Key]:
        """What only the left has."""
        return {key for key in self.before.needs if key not in self.partner}

    @cached_property
    def new(self) -> set[Key]:
        """What only the right has."""
        return {key for key in self.after.needs if key not in self.origin}

    @cached_property
    def detached(self) -> set[Key]:
        """Tables of the left that stay and leave a parent: partitions, and those that inherit."""
        return {
            old
            for old, new in self.partner.items()
            if old[0] == "table"
            and self.changed.get(new, {}).keys() & {"partition_of", "partition_bound", "inherits"}
        }

    def run(self) -> None:
        """Decide, again and again with what was refused, until nothing more is refused."""
        while True:
            size = len(self.refused) + len(self.kept)
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

    # What goes.

    def _retype(self) -> None:
        for key, changed in self.changed.items():
            if key[0] == "type" and not self._changes(key, changed) and key not in self.refused:
                self._replace_type(key)
        for key, changed in self.changed.items():
            if key[0] == "column" and set(RETYPED) & set(changed) and key not in self.refused:
                self._retype_column(key)

    def _replace_type(self, key: Key) -> None:
        old = self.origin[key]
        columns = [
            each
            for each in self.before.dependents.get(old, ())
            if each[0] == "column" and self._is_table_column(each)
        ]
        if not columns:
            return  # it is dropped and made again
        entry = self.right.entries[key]
        if entry.attributes.get("category") == "composite" or not support.is_known(entry):
            self.refused.add(key)
            return
        self.replaced.add(key)
        others = self.before.dependents[old] - set(columns)
        found = self._closure([each for each in others if each[0] != DEFAULT or each in self.partner])
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

    def _retype_column(self, key: Key) -> None:
        old = self.origin[key]
        ours, theirs = self.left.entries[old], self.right.entries[key]
        if owner(theirs)[0] in VIEWS or "generated" in ours.attributes or "generated" in theirs.attributes:
            return
        dependents = [each for each in self.before.dependents.get(old, ()) if self._reads(each, old)]
        found = self._closure(dependents)
        if found is None or owner(theirs)[0] != "table":
            self.refused.add(key)
            return
        self.dropped |= found
        self.retyped.add(key)

    def _reads(self, key: Key, column: Key) -> bool:
        """Return whether an object must be made again when a column that it needs changes its type."""
        if key[0] == DEFAULT:
            return key == default_of(column) or key not in self.partner
        entry = self.left.entries[key]
        attributes = entry.attributes
        if entry.kind == "constraint":
            return attributes["kind"] in ("check", "exclusion")
        if entry.kind == "index":
            return bool({"predicate", "operator_classes"} & set(attributes)) or any(
                ("column", f"{owner(entry)[1]}.{each}") not in self.left.entries
                for each in attributes["keys"]
            )
        if entry.kind == "column":
            return "generated" in attributes
        return entry.kind not in ("comment", "grant", "sequence", "security_label")

    def _rebuild(self) -> None:
        for key, changed in self.changed.items():
            if key in self.refused or key in self.replaced or key[0] not in support.REBUILT | {"column"}:
                continue
            if key[0] in ANNOTATIONS or (key[0] == "column" and not self._is_generated(key)):
                continue
            if self._changes(key, changed):
                continue
            self._drop(self.origin[key], key)

    def _is_generated(self, key: Key) -> bool:
        """Return whether a column is generated on both sides, so that its values are made again."""
        sides = (self.left.entries[self.origin[key]], self.right.entries[key])
        return all("generated" in side.attributes for side in sides) and bool(
            {"generated", "generated_kind", *RETYPED} & self.changed.get(key, {}).keys()
        )

    def _changes(self, key: Key, changed: Iterable[str]) -> bool:
        """Return whether there are statements for all changes of an object."""
        known = CHANGES.get(key[0], {})
        ours, theirs = self.renamed[self.origin[key]], self.right.entries[key]
        if key[0] == "view" and "definition" in changed:
            return self._is_replaceable_view(ours, theirs) and set(changed) - {"definition"} <= set(known)
        if key[0] == "type" and "category" in changed:
            return False
        for name in changed:
            if (
                name == "extension"
                or (name == "valid" and key[0] == "index")
                or self._comes_by_attaching(key, name)
            ):
                continue
            if name not in known or known[name](ours, theirs) is None:
                return False
        return True

    def _comes_by_attaching(self, key: Key, name: str) -> bool:
        """Return whether an attribute of a copy changes when its table is attached or detached."""
        entry = self.right.entries[key]
        tables = {self.partner[each] for each in self.detached}
        return (
            name in ("partition_of", "inherited", "local", "valid")
            and owner(entry) in tables
            and key[0] != "trigger"
        )

    def _is_replaceable_view(self, left: Entry, right: Entry) -> bool:
        """Return whether CREATE OR REPLACE VIEW accepts the columns: the old ones first, with their types."""
        old, new = [list(side.attributes.get("column_order", ())) for side in (left, right)]
        if new[: len(old)] != old:
            return False
        keys = [("column", f"{right.object}.{each}") for each in old]
        return not any(self.changed.get(key, {}).keys() & set(RETYPED) for key in keys)

    def _remove(self) -> None:
        for key in self.gone - self.kept:
            if key in self.dropped:
                continue
            if key[0] == DEFAULT and ("column", key[1]) not in self.partner:
                continue  # it goes with its column
            found = self._closure([key])
            if found is None:
                self.kept.add(key)
            else:
                self.dropped |= found

    def _drop(self, old: Key, new: Key) -> None:
        found = self._closure([old])
        if found is None:
            self.refused.add(new)
        else:
            self.dropped |= found

    def _closure(self, seeds: Iterable[Key]) -> set[Key] | None:
        """Return what must be dropped with some objects, or None if one of it must not be dropped."""
        found: set[Key] = set()
        waiting = [(seed, False) for seed in seeds]
        while waiting:
            key, part = waiting.pop()
            if key in found:
                continue
            if not self._may_drop(key, part=part):
                return None
            found.add(key)
            waiting += [(above, False) for above in self._above(key) if above not in found]
            for each in self.before.dependents.get(key, ()):
                if not self._stays(each, key):
                    waiting.append((each, self.before.is_part(each, key)))
        return found

    def _above(self, key: Key) -> Iterator[Key]:
        """Yield what a partition's copy belongs to: PostgreSQL drops the copy with it only."""
        entry = self.left.entries.get(key)
        if (
            entry is None
            or entry.kind not in ("index", "constraint", "trigger")
            or owner(entry) in self.detached
        ):
            return
        if owner(entry) in self.gone or is_own(entry):
            return
        yield from (
            parent for parent in entry.parents if parent[0] == entry.kind and parent in self.left.entries
        )

    def _may_drop(self, key: Key, *, part: bool) -> bool:  # noqa: PLR0911 - a list of cases
        if key in self.kept:
            return False
        if key[0] == DEFAULT:
            return self.partner.get(key) not in self.refused
        entry = self.left.entries.get(key)
        if entry is None:
            return True
        if support.is_member(entry) or entry.kind == "default_privileges":
            return key in self.gone
        new = self.partner.get(key)
        if new is None:
            return part or (entry.kind in support.KNOWN and not support.is_of_other_grantor(entry))
        if new in self.refused:
            return False
        if entry.kind == "column":
            return owner(entry)[0] in VIEWS or self._both_generated(key)
        return entry.kind in support.REBUILT and support.is_known(self.right.entries[new])

    def _both_generated(self, key: Key) -> bool:
        sides = (self.left.entries[key], self.right.entries[self.partner[key]])
        return all("generated" in side.attributes for side in sides)

    def _stays(self, key: Key, needed: Key) -> bool:
        """Return whether an object on the left needs no other one any longer when that is dropped."""
        new = self.partner.get(key)
        if key[0] == DEFAULT or new is None:
            return False
        entry = self.left.entries[key]
        if entry.kind == "table" and needed[0] == "table":
            return key in self.detached
        if key[0] == needed[0] and owner(entry) in self.detached and key[0] != "trigger":
            return True
        if needed[0] == "schema":
            return needed not in {self.origin.get(each) for each in self.after.needs.get(new, ())}
        if key[0] == "column" and (needed[0] in ("type", "extension") or self._is_of_extension(needed)):
            return new in self.retyped and needed not in self.after.needs.get(new, ())
        return False

    def _is_of_extension(self, key: Key) -> bool:
        entry = self.left.entries.get(key)
        return entry is not None and support.is_member(entry)

    def _is_table_column(self, key: Key) -> bool:
        entry = self.left.entries.get(key)
        return (
            entry is not None
            and entry.kind == "column"
            and owner(entry)[0] == "table"
            and key in self.partner
        )

    # What comes.

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

    def _can_make(self, entry: Entry) -> bool:
        if support.is_of_other_grantor(entry):
            return False
        if entry.kind == "comment":
            target = entry.parents[0]
            return target[0] in support.KNOWN or target not in self.new
        if entry.kind == "column" and owner(entry)[0] in VIEWS:
            return True
        return support.is_known(entry)

    def _leans(self, key: Key) -> bool:
        needs = set(self.after.needs.get(key, ()))
        entry = self.right.entries.get(key)
        if entry is not None and entry.kind in ("function", "procedure") and "body" in entry.attributes:
            needs |= self.after.mentioned(str(entry.attributes["body"])) & self.new
        if key in self.new and key[0] == "table":
            for column in self.right.entries[key].attributes.get("column_order", ()):
                own = ("column", f"{key[1]}.{column}")
                needs |= {own, *self.after.needs.get(own, ()), *self.after.needs.get(default_of(own), ())} - {
                    key
                }
        if entry is not None and entry.kind in ANNOTATIONS:
            needs &= self.new
        if entry is not None and entry.kind == "sequence":
            needs = {each for each in needs if each[0] not in ("column", "table")}
        if key[0] == "table" and key not in self.new:
            needs = {each for each in needs if each[0] == "table"} & self.new
        return not needs.isdisjoint(self.refused)

    # What PostgreSQL does by itself.

    def comes_by_itself(self, key: Key) -> Key | None:
        """Return the object with which PostgreSQL makes another one; None: the script makes it."""
        entry = self.right.entries.get(key)
        if entry is None:
            column = ("column", key[1])
            table = owner(self.right.entries[column])
            return self._carrier(column) if column in self.made and table[0] not in VIEWS else None
        if support.is_member(entry):
            return next(parent for parent in entry.parents if parent[0] == "extension")
        return self._carrier(key)

    def _carrier(self, key: Key) -> Key | None:  # noqa: PLR0911 - a list of cases
        entry = self.right.entries[key]
        if entry.kind not in ("column", "constraint", "trigger"):
            return None
        table = owner(entry)
        if entry.kind == "column" and (table[0] in VIEWS or table in self.made):
            return None if key in self.postponed else table
        if entry.kind == "constraint" and table[0] == "type" and support.is_member(self.right.entries[table]):
            return table
        for parent in entry.parents:
            if parent[0] != key[0] or parent not in self.right.entries:
                continue
            if entry.kind == "trigger":
                return parent if parent in self.made else table
            if is_own(entry):
                return None
            if entry.kind == "column":
                return parent if parent in self.made else None
            return self._inherited_constraint(entry, parent)
        return None

    @property
    def postponed(self) -> set[Key]:
        """Columns of new tables that are added when tables that stay have begun to inherit: these get them, too."""
        return {
            parent
            for table, changed in self.changed.items()
            if table[0] == "table" and "inherits" in changed and table not in self.refused
            for name in self.right.entries[table].attributes.get("column_order", ())
            if (column := self.right.entries["column", f"{table[1]}.{name}"]).key in self.made
            and not is_own(column)
            for parent in column.parents
            if parent in self.made and owner(self.right.entries[parent]) in self.made
        }

    def _inherited_constraint(self, entry: Entry, parent: Key) -> Key | None:
        table = owner(entry)
        is_partition = "partition_of" in self.right.entries[table].attributes
        kind = entry.attributes["kind"]
        same = last_part(entry.object) == last_part(parent[1])
        if kind == "foreign key":
            return (parent if parent in self.made else table) if same else None
        if kind != "check":
            return None
        attached = table in self.made or self.origin.get(table) in self.detached
        return None if is_partition and attached else parent if parent in self.made else table
