"""The statements that make and change objects, each after what it needs, in the names of the right."""

from collections.abc import Iterator
from typing import Final

from ..model.schema import Entry, Key
from .changes import ADDED_LABEL, CHANGES
from .dependencies import default_of
from .naming import address, owner
from .object_statements import MARKS, ObjectStatements
from .order import ordered

RANKS: Final = {
    kind: rank
    for rank, kinds in enumerate(
        ("schema", "extension", "collation", "type", "sequence", "function procedure", "domain_constraint", "table",
         "column", "default", "not_null", "identity", "check", "constraint index", "foreign_key", "attach",
         "attach_index", "owned", "mark", "null", "aggregate", "statistics", "view materialized_view",
         "rule trigger event_trigger", "policy", "comment", "grant", "default_privileges")
    )
    for kind in kinds.split()
}  # fmt: skip
"""Class -> place among what is ready to be made."""


class Creation(ObjectStatements):
    """The second half of a script."""

    def taken(self, key: Key) -> list[str]:
        """Return the statements of one object and leave them out of the others."""
        return self._steps.pop(key, [])

    def statements(self) -> list[str]:
        """Return the statements in order."""
        return [statement for key in self._order for statement in self._steps.get(key, ())]

    def arrange(self) -> None:
        """Find the statements and their order; ``circle`` has what cannot be put into one."""
        for key in self.plan.made:
            self._make(key)
        for key in self.plan.changed:
            if key not in self.plan.refused and key not in self.plan.made:
                self._change(key)
        for key in self.plan.replaced:
            self._add(key, *self._created(self.right.entries[key]))
            self.changed |= {(key, name) for name in self.plan.changed.get(key, ())}
        for key in self.plan.retyped:
            self._retype(key)
        self._withdraw()
        self._attach()
        self._own()
        self._mark()
        for key in list(self._steps):
            self._after_own(key)
            for each in self._needed(key):
                top = self._top(each)
                if top != key:
                    self._needs[key].add(top)
        self._order, circle = ordered(self._steps, self._needs, self._rank)
        self.circle = {key for key in circle if key in self.plan.after.needs} or (
            circle and set(self.plan.new)
        )

    def first(self, statements: list[str]) -> list[str]:
        """Take new labels that other statements use out of a script and return the statements that add them."""
        found = []
        for match, statement in [(ADDED_LABEL.match(each), each) for each in statements]:
            others = [each for each in statements if not ADDED_LABEL.match(each)]
            if match and any(match[1] in each for each in others):
                found.append(statement)
        for statement in found:
            statements.remove(statement)
        return found

    def _rank(self, key: Key) -> int:
        kind = key[0]
        if kind == "constraint" and owner(self.right.entries[key])[0] == "type":
            kind = "domain_constraint"
        elif kind == "constraint":
            kind = {"check": "check", "foreign key": "foreign_key"}.get(
                self.right.entries[key].attributes["kind"], kind
            )
        return RANKS.get(kind, RANKS["comment"])

    def _needed(self, key: Key) -> Iterator[Key]:
        needs = self.plan.after.needs.get(key, set())
        if key[0] == "sequence":
            needs = {each for each in needs if each[0] not in ("table", "column")}
        if key[0] == "index":
            needs = {each for each in needs if each[0] != "constraint"}
        entry = self.right.entries.get(key)
        if entry is not None and entry.attributes.get("local"):
            needs = {each for each in needs if each[0] != key[0]}
        yield from needs
        if key[0] == "table" and key in self.plan.made:
            for each in self.right.entries[key].attributes.get("column_order", ()):
                column = ("column", f"{key[1]}.{each}")
                for part in (column, default_of(column)):
                    yield from (need for need in self.plan.after.needs.get(part, ()) if need[0] != "column")

    def _after_own(self, key: Key) -> None:
        """A parent's column or check comes after that which a child has of its own, too."""
        entry = self.right.entries.get(key)
        if entry is not None and entry.attributes.get("local"):
            for parent in entry.parents:
                if parent[0] == key[0]:
                    self._needs[parent].add(key)

    def _attach(self) -> None:
        """Attach partitions to tables and indexes, and tables to those that they inherit from."""
        for entry in self.right.of_kind("table"):
            key = ("attach", entry.object)
            fresh = entry.key in self.plan.made
            changed = self.plan.changed.get(entry.key, {}).keys() & {
                "partition_of",
                "partition_bound",
                "inherits",
            }
            if (not fresh and not changed) or entry.key in self.plan.refused:
                continue
            self.changed |= {(entry.key, name) for name in changed}
            for parent in entry.attributes.get("partition_of", ()):
                bound = entry.attributes["partition_bound"]
                self._add(key, f"ALTER TABLE {parent} ATTACH PARTITION {entry.object} {bound}")
                self._needs[key] |= {("table", parent), entry.key, *self._copies(entry)}
            if not fresh:
                self._inherit(entry, key)
        for entry in self.right.of_kind("index", "constraint"):
            if entry.key in self.plan.made and self._above(entry) and self._attached_index(entry):
                above = self._above(entry)[0]
                whole = self.right.entries[above]
                statement = f"ALTER {_index(whole)} ATTACH PARTITION {_index(entry).removeprefix('INDEX ')}"
                self._add(("attach_index", entry.object), statement)
                self._needs["attach_index", entry.object] |= {above, entry.key, ("attach", owner(entry)[1])}

    def _inherit(self, entry: Entry, key: Key) -> None:
        before = self.plan.renamed[self.plan.origin[entry.key]].attributes.get("inherits", ())
        for parent in entry.attributes.get("inherits", ()):
            if parent not in before:
                self._add(key, f"ALTER TABLE {entry.object} INHERIT {parent}")
                self._needs[key] |= {("table", parent), entry.key, *self._copies(entry)} - self._postponed(
                    key
                )

    def _postponed(self, attached: Key) -> set[Key]:
        """Return the columns of new parents that come after a table is attached."""
        found = self.plan.postponed
        for each in found:
            self._needs[each].add(attached)
        return found

    def _copies(self, table: Entry) -> set[Key]:
        """Return the parts of a table that must be there before it is attached."""
        found = {
            each.key
            for each in self.right.of_kind("column", "constraint", "index")
            if owner(each) == table.key and each.attributes.get("kind") != "foreign key"
        }
        above = {
            parent
            for key in found
            for parent in self.right.entries[key].parents
            if parent[0] in ("column", "constraint")
        }
        return found | {("not_null", key[1]) for key in found} | above - {table.key}

    def _above(self, entry: Entry) -> list[Key]:
        return [each for each in entry.parents if each[0] == entry.kind and each in self.right.entries]

    @staticmethod
    def _attached_index(entry: Entry) -> bool:
        return entry.kind == "index" or entry.attributes["kind"] in ("primary key", "unique", "exclusion")

    def _own(self) -> None:
        for entry in self.right.of_kind("sequence"):
            if entry.key in self.plan.made and "owned_by" in entry.attributes:
                key = ("owned", entry.object)
                self._add(key, f"ALTER SEQUENCE {entry.object} OWNED BY {entry.attributes['owned_by']}")
                self._needs[key] |= {
                    entry.key,
                    *(self._top(each) for each in entry.parents if each[0] == "column"),
                }

    def _mark(self) -> None:
        """Set CLUSTER ON and REPLICA IDENTITY where they changed, or their index is a new one."""
        for entry in self.right.of_kind("table", "materialized_view"):
            if entry.key in self.plan.refused:
                continue
            for attribute in MARKS:
                value = entry.attributes.get(attribute)
                index = str(value or "").removeprefix("index ")
                made = {
                    (kind, f"{entry.object}.{index}") for kind in ("index", "constraint")
                } & self.plan.made
                changed = attribute in self.plan.changed.get(entry.key, {})
                if not made and not changed:
                    continue
                change = CHANGES[entry.kind].get(attribute)
                steps = change(entry, entry) if change else None
                if steps is None:
                    continue
                self.changed.add((entry.key, attribute))
                if value is None and self._lost_index(entry, attribute):
                    continue
                self._add(("mark", f"{entry.object} {attribute}"), *steps)
                self._needs["mark", f"{entry.object} {attribute}"] |= made | {entry.key}

    def _lost_index(self, entry: Entry, attribute: str) -> bool:
        """Return whether the index of CLUSTER ON was dropped, and the mark with it."""
        old = self.plan.origin[entry.key]
        index = self.plan.left.entries[old].attributes.get(attribute)
        return ("index", f"{old[1]}.{index}") in self.plan.dropped or (
            "constraint",
            f"{old[1]}.{index}",
        ) in self.plan.dropped


def _index(entry: Entry) -> str:
    return address(entry._replace(kind="index"))
