"""The statements that make and change objects, each after what it needs, in the names of the right."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ..catalog.comments import STANDARD_COMMENT
from ..model.schema import Entry, Key
from . import definitions, objects, privileges, support
from .changes import ADDED_LABEL, CHANGES
from .definitions import is_own
from .dependencies import DEFAULT, default_of
from .naming import address, literal, name, owner, table
from .order import ordered
from .plan import RETYPED, Plan

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
MARKS: Final = ("clustered_index", "replica_identity")
"""Attributes of a table that name one of its indexes."""


class Creation:
    """The second half of a script."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.right = plan.right
        self.changed: set[tuple[Key, str]] = set()
        """Objects and attributes that a statement changes, or that change with another."""
        self.withdrawn: set[Key] = set()
        """Comments and grants of the left that are taken back."""
        self.circle: set[Key] = set()
        self._steps: dict[Key, list[str]] = {}
        self._order: list[Key] = []
        self._needs: dict[Key, set[Key]] = defaultdict(set)

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

    def _add(self, key: Key, *statements: str) -> None:
        self._steps.setdefault(key, []).extend(statements)

    def _rank(self, key: Key) -> int:
        kind = key[0]
        if kind == "constraint" and owner(self.right.entries[key])[0] == "type":
            kind = "domain_constraint"
        elif kind == "constraint":
            kind = {"check": "check", "foreign key": "foreign_key"}.get(
                self.right.entries[key].attributes["kind"], kind
            )
        return RANKS.get(kind, RANKS["comment"])

    def _top(self, key: Key) -> Key:
        seen = set()
        while key not in seen and (key in self.plan.made or key[0] == DEFAULT):
            seen.add(key)
            above = self.plan.comes_by_itself(key)
            if above is None:
                break
            key = above
        return key

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

    # New objects.

    def _make(self, key: Key) -> None:
        if self.plan.comes_by_itself(key) is not None:
            return
        if key[0] == DEFAULT:
            column = self.right.entries["column", key[1]]
            default = column.attributes["default"]
            self._add(key, f"ALTER TABLE {table(column)} ALTER COLUMN {name(column)} SET DEFAULT {default}")
            return
        self._add(key, *self._created(self.right.entries[key]))

    def _created(self, entry: Entry) -> list[str]:
        match entry.kind:
            case "table":
                return self._created_table(entry)
            case "column":
                steps = [f"ALTER TABLE {table(entry)} ADD COLUMN {definitions.column(entry)}"]
            case "constraint":
                steps = [self._constraint(entry)]
            case "index":
                steps = [definitions.index(entry, self.right)]
            case "sequence":
                steps = [definitions.sequence(entry)]
            case "comment":
                steps = self._comment(entry, literal(entry.attributes["comment"]))
            case "grant":
                steps = privileges.statements(entry.object, entry, self.right) or []
            case "default_privileges":
                steps = privileges.default_statements(entry.object, entry) or []
            case _:
                steps = [objects.CREATE[entry.kind](entry)]
        return [*steps, *self._afterwards(entry), *self._not_given(entry)]

    def _afterwards(self, entry: Entry) -> Iterator[str]:
        plain = entry._replace(attributes={})
        for attribute in support.AFTERWARDS.get(entry.kind, ()):
            if attribute in entry.attributes:
                yield from CHANGES[entry.kind][attribute](plain, entry) or ()
        if entry.kind == "table" and str(entry.attributes.get("replica_identity", "")) in ("full", "nothing"):
            yield from CHANGES["table"]["replica_identity"](plain, entry) or ()

    def _not_given(self, entry: Entry) -> Iterator[str]:
        """Yield what takes back the privileges that the left's default privileges gave a new object."""
        if support.is_member(entry):
            return
        for grantee in privileges.given_by_default(entry, self.plan.left):
            target = f"{entry.kind} {entry.object} to {grantee}"
            if self.right.get("grant", target) is None:
                yield from privileges.statements(target, None, self.right) or ()

    def _created_table(self, entry: Entry) -> list[str]:
        steps = [
            definitions.created_table(entry, self.right, self.plan.postponed),
            *self._afterwards(entry),
            *self._not_given(entry),
        ]
        plain = entry._replace(attributes={})
        for each in entry.attributes.get("column_order", ()):
            column = self.right.entries["column", f"{entry.object}.{each}"]
            steps += self._afterwards(column) if column.key not in self.plan.postponed else ()
            if "inherits" in entry.attributes and not is_own(column):
                inherited = [
                    key for key in column.parents if key[0] == "column" and key in self.right.entries
                ]
                above = self.right.entries[inherited[0]]
                for attribute in ("not_null", "storage"):
                    if above.attributes.get(attribute) != column.attributes.get(attribute):
                        steps += CHANGES["column"][attribute](plain, column) or ()
                if above.attributes.get("default") != column.attributes.get("default"):
                    steps.append(_set_default(column))
        return steps

    def _constraint(self, entry: Entry) -> str:
        where = "DOMAIN" if owner(entry)[0] == "type" else "TABLE"
        parent = self.right.entries[owner(entry)].attributes
        kind = entry.attributes["kind"]
        only = "ONLY " if "partition_key" in parent and kind in ("primary key", "unique", "exclusion") else ""
        return (
            f"ALTER {where} {only}{table(entry)} ADD CONSTRAINT {name(entry)} {definitions.constraint(entry)}"
        )

    def _comment(self, entry: Entry, text: str) -> list[str]:
        """Return COMMENT ON; the index of a constraint has no entry of its own."""
        kind, _, identity = entry.object.partition(" ")
        target = self.right.get(kind, identity)
        if target is None:
            parent = self.right.get(*entry.parents[0])
            if kind != "index" or parent is None:
                return []
            target = parent._replace(kind="index")
        return [f"COMMENT ON {address(target)} IS {text}"]

    # Changed objects.

    def _change(self, key: Key) -> None:
        plan = self.plan
        ours, theirs = plan.renamed[plan.origin[key]], self.right.entries[key]
        if key[0] in ("comment", "grant", "default_privileges"):
            self._add(key, *self._created(theirs))
            self.changed |= {(key, name) for name in plan.changed[key]}
            self._grant_columns_again(theirs)
            return
        for attribute in sorted(plan.changed[key]):
            if key[0] == "view" and attribute == "definition":
                self._add(key, objects.CREATE["view"](theirs))
                self.changed.add((key, attribute))
                continue
            change = CHANGES.get(key[0], {}).get(attribute)
            if attribute in MARKS or (key[0] == "column" and attribute in RETYPED) or change is None:
                continue
            if self._comes_from_parent(key, attribute):
                self.changed.add((key, attribute))
                continue
            steps = change(ours, theirs)
            if steps is not None:
                where = self._place(key, attribute)
                self._add(where, *(each for each in steps if each not in self._steps.get(where, ())))
                self.changed.add((key, attribute))

    def _place(self, key: Key, attribute: str) -> Key:
        """Return the node of a change: identity comes after NOT NULL, DROP NOT NULL after keys and marks."""
        if key[0] != "column" or attribute not in ("not_null", "identity"):
            return key
        if attribute == "not_null":
            kind = "not_null" if self.right.entries[key].attributes.get("not_null") else "null"
        else:
            kind = "identity"
            self._needs[kind, key[1]].add(("not_null", key[1]))
        self._needs[kind, key[1]].add(key)
        return (kind, key[1])

    def _comes_from_parent(self, key: Key, attribute: str) -> bool:
        """Return whether a column changes with the one that it is inherited from."""
        if key[0] != "column":
            return False
        values = self.plan.changed[key][attribute]
        parents = [each for each in self.right.entries[key].parents if each[0] == "column"]
        return any(
            self.plan.changed.get(each, {}).get(attribute) == values and each not in self.plan.refused
            for each in parents
        )

    def _retype(self, key: Key) -> None:
        self.changed |= {(key, name) for name in RETYPED}
        entry = self.right.entries[key]
        parents = [each for each in entry.parents if each[0] == "column"]
        if any(each in self.plan.retyped for each in parents):
            return
        attributes = entry.attributes
        collation = f" COLLATE {attributes['collation']}" if "collation" in attributes else ""
        through = self._through(key)
        using = f"USING {name(entry)}{through}::{attributes['type']}"
        change = f"TYPE {attributes['type']}{collation} {using}"
        self._add(key, f"ALTER TABLE {table(entry)} ALTER COLUMN {name(entry)} {change}")

    def _through(self, key: Key) -> str:
        """Return a cast to text where one of the types is an enum or the like, which have no other cast."""
        sides = (
            (self.plan.left, self.plan.left.entries[self.plan.origin[key]]),
            (self.right, self.right.entries[key]),
        )
        names = [str(entry.attributes["type"]) for _, entry in sides]
        types = [
            side.get("type", each.removesuffix("[]")) for each, (side, _) in zip(names, sides, strict=True)
        ]
        if not any(
            each is not None and each.attributes.get("category") in ("enum", "range") for each in types
        ):
            return ""
        return "::text[]" if all(each.endswith("[]") for each in names) else "::text"

    def _withdraw(self) -> None:
        """Take back the comments and the grants of objects that stay."""
        for old in self.plan.dropped:
            if old[0] not in ("comment", "grant", "default_privileges") or old in self.plan.partner:
                continue
            entry = self.plan.renamed[old]
            target = entry.parents[0] if entry.parents else None
            if target is not None and old[0] != "default_privileges" and target not in self.right.entries:
                continue
            steps = self._withdrawn(entry)
            if steps is None:
                continue
            self.withdrawn.add(entry.key)
            if target not in self.plan.made:
                self._add(entry.key, *steps)
                self._grant_columns_again(entry)

    def _grant_columns_again(self, grant: Entry) -> None:
        """Grant on columns again what REVOKE on their table has taken."""
        table, grantee = grant.parents[0] if grant.parents else ("", ""), grant.object.rpartition(" to ")[2]
        if grant.kind != "grant" or grant.object.startswith("column "):
            return
        for each in self.right.of_kind("grant"):
            column = self.right.entries.get(each.parents[0])
            if column is None or column.kind != "column" or owner(column) != table:
                continue
            if each.object.endswith(f" to {grantee}") and each.key not in self.plan.made:
                self._steps[each.key] = self._created(each)
                self._needs[each.key].add(grant.key)

    def _withdrawn(self, entry: Entry) -> list[str] | None:
        if entry.kind == "comment":
            standard = entry.object == "schema public"
            return self._comment(entry, literal(STANDARD_COMMENT) if standard else "NULL") or None
        if entry.kind == "grant":
            return privileges.statements(entry.object, None, self.right)
        return privileges.default_statements(entry.object, None)

    # What ties objects together.

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


def _set_default(column: Entry) -> str:
    default = column.attributes.get("default")
    action = f"SET DEFAULT {default}" if default is not None else "DROP DEFAULT"
    return f"ALTER TABLE {table(column)} ALTER COLUMN {name(column)} {action}"


def _index(entry: Entry) -> str:
    return address(entry._replace(kind="index"))
