"""The statements that make and change objects, each after what it needs, in the names of the right."""

from collections.abc import Iterator
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object
from .changes import ADDED_LABEL, CHANGES, behind_rows, owned_by
from .dependencies import default_of
from .naming import index_address, owner
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

    def taken(self, key: Identity) -> list[str]:
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

    def _rank(self, key: Identity) -> int:
        kind = key.kind
        if kind == "constraint" and owner(self.right.entries[key])[0] == "type":
            kind = "domain_constraint"
        elif kind == "constraint":
            kind = {"check": "check", "foreign key": "foreign_key"}.get(
                self.right.entries[key].text_of("kind"), kind
            )
        return RANKS.get(kind, RANKS["comment"])

    def _needed(self, key: Identity) -> Iterator[Identity]:
        needs = self.plan.after.needs.get(key, set())
        if key.kind == "sequence":
            needs = {each for each in needs if each.kind not in ("table", "column")}
        if key.kind == "index":
            needs = {each for each in needs if each.kind != "constraint"}
        entry = self.right.entries.get(key)
        if entry is not None and entry.properties.get("local"):
            needs = {each for each in needs if each.kind != key.kind}
        yield from needs
        if key.kind == "table" and key in self.plan.made:
            for each in self.right.entries[key].names_of("column_order"):
                column = key.part("column", each)
                for part in (column, default_of(column)):
                    yield from (need for need in self.plan.after.needs.get(part, ()) if need[0] != "column")

    def _after_own(self, key: Identity) -> None:
        """A parent's column or check comes after that which a child has of its own, too."""
        entry = self.right.entries.get(key)
        if entry is not None and entry.properties.get("local"):
            for parent in entry.parents:
                if parent.kind == key.kind:
                    self._needs[parent].add(key)

    def _attach(self) -> None:
        """Attach partitions to tables and indexes, and tables to those that they inherit from."""
        for entry in self.right.of_kind("table"):
            key = entry.key.like("attach")
            fresh = entry.key in self.plan.made
            changed = self.plan.changed.get(entry.key, {}).keys() & {
                "partition_of",
                "partition_bound",
                "inherits",
            }
            if (not fresh and not changed) or entry.key in self.plan.refused:
                continue
            self.changed |= {(entry.key, name) for name in changed}
            for parent in entry.names_of("partition_of"):
                bound = entry.properties["partition_bound"]
                self._add(key, f"ALTER TABLE {parent} ATTACH PARTITION {entry.key} {bound}")
                self._needs[key] |= {Identity.parse("table", parent), entry.key, *self._copies(entry)}
            if not fresh:
                self._inherit(entry, key)
        for entry in self.right.of_kind("index", "constraint"):
            if not self._above(entry) or not self._attached_index(entry):
                continue
            if entry.key in self.plan.made or self.plan.is_joined(entry.key):
                above = self._above(entry)[0]
                whole = self.right.entries[above]
                statement = (
                    f"ALTER {index_address(whole.key)} ATTACH PARTITION {entry.key.schema}.{entry.key.name}"
                )
                key = entry.key.like("attach_index")
                self._add(key, statement)
                self._needs[key] |= {above, entry.key, owner(entry).like("attach")}
                self._after_attaching(above, key)
                self.changed.add((entry.key, "partition_of"))

    def _inherit(self, entry: Object, key: Identity) -> None:
        before = self.plan.renamed[self.plan.origin[entry.key]].names_of("inherits")
        for parent in entry.names_of("inherits"):
            if parent not in before:
                self._add(key, f"ALTER TABLE {entry.key} INHERIT {parent}")
                self._needs[key] |= {
                    Identity.parse("table", parent),
                    entry.key,
                    *self._copies(entry),
                } - self._postponed(key)

    def _postponed(self, attached: Identity) -> set[Identity]:
        """Return the columns of new parents that come after a table is attached."""
        found = self.plan.postponed
        for each in found:
            self._needs[each].add(attached)
        return found

    def _copies(self, table: Object) -> set[Identity]:
        """Return the parts of a table that must be there before it is attached."""
        found = {
            each.key
            for each in self.right.of_kind("column", "constraint", "index")
            if owner(each) == table.key and each.properties.get("kind") != "foreign key"
        }
        above = {
            parent
            for key in found
            for parent in self.right.entries[key].parents
            if parent.kind in ("column", "constraint")
        }
        return found | {key.like("not_null") for key in found} | above - {table.key}

    def _above(self, entry: Object) -> list[Identity]:
        kinds = (entry.key.kind, "index")
        return [each for each in entry.parents if each.kind in kinds and each in self.right.entries]

    @staticmethod
    def _attached_index(entry: Object) -> bool:
        return entry.key.kind == "index" or entry.properties["kind"] in ("primary key", "unique", "exclusion")

    def _after_attaching(self, index: Identity, attached: Identity) -> None:
        """A foreign key refers to a partitioned table's index when that of each partition is attached."""
        for each in self.plan.after.dependents.get(index, ()):
            if (
                each in self.right.entries
                and self.right.entries[each].properties.get("kind") == "foreign key"
            ):
                self._needs[each].add(attached)
        for above in self._above(self.right.entries[index]):
            self._after_attaching(above, attached)

    def _own(self) -> None:
        for entry in self.right.of_kind("sequence"):
            if entry.key in self.plan.made and "owned_by" in entry.properties:
                key = entry.key.like("owned")
                columns = [each for each in entry.parents if each.kind == "column"]
                self._add(key, *owned_by(entry))
                for each in columns:
                    if self._top(each) not in self.plan.made:
                        limits = [entry.properties.get(name) for name in ("minimum", "maximum", "increment")]
                        self._add(key, *behind_rows(entry.key, self.right.entries[each], *limits))
                self._needs[key] |= {entry.key, *(self._top(each) for each in columns)}

    def _mark(self) -> None:
        """Set CLUSTER ON and REPLICA IDENTITY where they changed, or their index is a new one."""
        for entry in self.right.of_kind("table", "materialized_view"):
            if entry.key in self.plan.refused:
                continue
            for attribute in MARKS:
                value = entry.properties.get(attribute)
                index = str(value or "").removeprefix("index ")
                made = {entry.key.part(kind, index) for kind in ("index", "constraint")} & self.plan.made
                changed = attribute in self.plan.changed.get(entry.key, {})
                if not made and not changed:
                    continue
                change = CHANGES[entry.key.kind].get(attribute)
                steps = change(entry, entry) if change else None
                if steps is None:
                    continue
                self.changed.add((entry.key, attribute))
                if value is None and self._lost_index(entry, attribute):
                    continue
                key = entry.key.like("mark")._replace(arguments=attribute)
                self._add(key, *steps)
                self._needs[key] |= made | {entry.key}

    def _lost_index(self, entry: Object, attribute: str) -> bool:
        """Return whether the index of CLUSTER ON was dropped, and the mark with it."""
        old = self.plan.origin[entry.key]
        index = self.plan.left.entries[old].properties.get(attribute)
        return any(old.part(kind, str(index)) in self.plan.dropped for kind in ("index", "constraint"))
