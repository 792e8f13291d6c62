"""The statements that make and change one object, in the names of the right."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from ..catalog.comments import STANDARD_COMMENT
from ..comparison.versions import PUBLIC
from ..model.identity import Identity
from ..model.objects import Object
from . import casts, definitions, objects, privileges, support
from .changes import CHANGES
from .definitions import is_own
from .dependencies import DEFAULT, default_of
from .naming import NOTHING, address, index_address, literal, owner
from .plan import RETYPED, Plan

MARKS: Final = ("clustered_index", "replica_identity")
"""Attributes of a table that name one of its indexes."""


RECURSIVE: Final = ("not_null", "storage", "statistics_target")
"""Attributes of a column that ALTER TABLE changes with it in the columns that are inherited from it."""
FOLLOWED: Final = ("default", *RECURSIVE, "compression", "options")
"""Attributes that may differ in a column that was inherited from a new one."""


class ObjectStatements:
    """Statements by the object that they are about."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.right = plan.right
        self.changed: set[tuple[Identity, str]] = set()
        """Objects and attributes that a statement changes, or that change with another."""
        self.withdrawn: set[Identity] = set()
        """Comments and grants of the left that are taken back."""
        self.circle: set[Identity] = set()
        self._steps: dict[Identity, list[str]] = {}
        self._order: list[Identity] = []
        self._needs: dict[Identity, set[Identity]] = defaultdict(set)

    def _add(self, key: Identity, *statements: str) -> None:
        self._steps.setdefault(key, []).extend(statements)

    def _make(self, key: Identity) -> None:
        if self.plan.comes_by_itself(key) is not None:
            return
        if key.kind == DEFAULT:
            self._add(key, self._set_default(self.right.entries[key.like("column")]))
            return
        self._add(key, *self._created(self.right.entries[key]))
        if key.kind == "column":
            self._keep_below(key, key, FOLLOWED)
        if key.kind == "constraint" and self.right.entries[key].properties.get("valid") is False:
            self._validate_below(key)

    def _created(self, entry: Object) -> list[str]:
        match entry.key.kind:
            case "table":
                return self._created_table(entry)
            case "column":
                steps = [f"ALTER TABLE {owner(entry)} ADD COLUMN {definitions.column(entry)}"]
            case "constraint":
                steps = [self._constraint(entry)]
            case "index":
                steps = [definitions.index(entry, self.right)]
            case "sequence":
                steps = [definitions.sequence(entry)]
            case "comment":
                steps = self._comment(entry, literal(entry.properties["comment"]))
            case "grant":
                steps = privileges.statements(entry.key, entry, self.right) or []
                self._grant_columns_again(entry)
            case "default_privileges":
                steps = privileges.default_statements(entry.key, entry)
            case _:
                steps = [objects.CREATE[entry.key.kind](entry)]
        return [*steps, *self._afterwards(entry), *self._not_given(entry)]

    def _afterwards(self, entry: Object) -> Iterator[str]:
        plain = entry.having({})
        for attribute in support.set_afterwards(entry):
            if attribute in entry.properties:
                yield from CHANGES[entry.key.kind][attribute](plain, entry) or ()
        if entry.key.kind == "table" and str(entry.properties.get("replica_identity", "")) in (
            "full",
            "nothing",
        ):
            yield from CHANGES["table"]["replica_identity"](plain, entry) or ()

    def _not_given(self, entry: Object) -> Iterator[str]:
        """Yield what takes back the privileges that the left's default privileges gave a new object."""
        if support.is_member(entry):
            return
        for grantee in privileges.given_by_default(entry, self.plan.left):
            target = Identity("grant", name=grantee, target=entry.key)
            if target not in self.right.entries:
                yield from privileges.statements(target, None, self.right) or ()

    def _created_table(self, entry: Object) -> list[str]:
        steps = [
            definitions.created_table(entry, self.right, self.plan.postponed),
            *self._afterwards(entry),
            *self._not_given(entry),
        ]
        plain = entry.having({})
        for each in entry.names_of("column_order"):
            column = self.right.entries[entry.key.part("column", each)]
            steps += self._afterwards(column) if column.key not in self.plan.postponed else ()
            if "inherits" in entry.properties and not is_own(column):
                inherited = [
                    key for key in column.parents if key.kind == "column" and key in self.right.entries
                ]
                above = self.right.entries[inherited[0]]
                for attribute in ("not_null", "storage"):
                    if above.properties.get(attribute) != column.properties.get(attribute):
                        steps += CHANGES["column"][attribute](plain, column) or ()
                if above.properties.get("default") != column.properties.get("default"):
                    steps.append(self._set_default(column))
        return steps

    def _set_default(self, column: Object) -> str:
        default = column.properties.get("default")
        action = f"SET DEFAULT {default}" if default is not None else "DROP DEFAULT"
        only = self.plan.after.only(column.key)
        return f"ALTER TABLE {only}{owner(column)} ALTER COLUMN {column.key.name} {action}"

    def _validate_below(self, key: Identity) -> None:
        """Validate the copies of a constraint that is not valid itself: in tables that came after it."""
        for each in self.plan.after.dependents.get(key, ()):
            entry = self.right.entries[each]
            if (
                each.kind == "constraint"
                and key in entry.parents
                and entry.properties.get("valid") is not False
            ):
                self._add(each, *(CHANGES["constraint"]["valid"](entry, entry) or ()))
                self._needs[each].add(key)

    def _keep_below(
        self, key: Identity, changed: Identity, attributes: Iterable[str], given: Identity | None = None
    ) -> None:
        """Give inherited columns what they have of their own, after the statement that they follow.

        ``changed``: the node of that statement; ``given``: the column whose values they get, if it is another one.
        """
        for each in self.plan.after.below(key):
            if each in self.plan.made and self._top(each) != self._top(key):
                continue
            for attribute in attributes:
                place, steps = self._kept(each, given or key, attribute)
                if steps:
                    self._add(place, *(step for step in steps if step not in self._steps.get(place, ())))
                    self._needs[place].add(changed)
                above = (given or key) if attribute == "default" else None  # SET DEFAULT goes no further
                self._keep_below(each, place if steps else changed, (attribute,), above)

    def _kept(self, key: Identity, above: Identity, attribute: str) -> tuple[Identity, list[str]]:
        """Return the node and the statements that give a column an attribute which differs from that above."""
        column = self.right.entries[key]
        value = self.right.entries[above].properties.get(attribute)
        if attribute == "default":
            same = column.properties.get(attribute) == value
            return default_of(key), [] if same else [self._set_default(column)]
        place = self._place(key, attribute)
        if column.properties.get(attribute) == value and attribute != "options":
            return place, []
        if attribute == "not_null":
            for each in self.plan.after.dependents.get(key, set()) & self.plan.made:
                if each.kind == "constraint":
                    self._needs[each].add(place)
        return place, CHANGES["column"][attribute](column.having({}), column) or []

    def _constraint(self, entry: Object) -> str:
        where = "DOMAIN" if owner(entry)[0] == "type" else "TABLE"
        parent = self.right.entries[owner(entry)].properties
        kind = entry.properties["kind"]
        only = "ONLY " if "partition_key" in parent and kind in ("primary key", "unique", "exclusion") else ""
        definition = definitions.constraint(entry)
        return f"ALTER {where} {only}{owner(entry)} ADD CONSTRAINT {entry.key.name} {definition}"

    def _comment(self, entry: Object, text: str) -> list[str]:
        """Return COMMENT ON; the index of a constraint has no entry of its own."""
        identity = entry.key.target or NOTHING
        target = self.right.entries.get(identity)
        if target is not None:
            return [f"COMMENT ON {address(target)} IS {text}"]
        if identity.kind == "index" and entry.parents[0] in self.right.entries:
            return [f"COMMENT ON {index_address(identity)} IS {text}"]
        return []

    def _change(self, key: Identity) -> None:
        plan = self.plan
        ours, theirs = plan.renamed[plan.origin[key]], self.right.entries[key]
        if key.kind in ("comment", "grant", "default_privileges"):
            self._add(key, *self._created(theirs))
            self.changed |= {(key, name) for name in plan.changed[key]}
            return
        for attribute in sorted(plan.changed[key]):
            if key.kind == "view" and attribute == "definition":
                self._add(key, objects.CREATE["view"](theirs))
                self.changed.add((key, attribute))
                continue
            change = CHANGES.get(key.kind, {}).get(attribute)
            if attribute in MARKS or (key.kind == "column" and attribute in RETYPED) or change is None:
                continue
            if self._comes_from_parent(key, attribute):
                self.changed.add((key, attribute))
                continue
            steps = change(ours, theirs)
            if steps is not None:
                where = self._place(key, attribute)
                self._add(where, *(each for each in steps if each not in self._steps.get(where, ())))
                self.changed.add((key, attribute))
                if key.kind == "column" and attribute in RECURSIVE:
                    self._keep_below(key, where, (attribute,))

    def _place(self, key: Identity, attribute: str) -> Identity:
        """Return the node of a change: OWNED BY, identity after NOT NULL, DROP NOT NULL after keys and marks."""
        if (key.kind, attribute) == ("sequence", "owned_by"):
            parents = self.right.entries[key].parents
            self._needs[key.like("owned")] |= {
                key,
                *(self._top(each) for each in parents if each.kind == "column"),
            }
            return key.like("owned")
        if key.kind != "column" or attribute not in ("not_null", "identity"):
            return key
        if attribute == "not_null":
            kind = "not_null" if self.right.entries[key].properties.get("not_null") else "null"
        else:
            kind = "identity"
            self._needs[key.like(kind)].add(key.like("not_null"))
        self._needs[key.like(kind)].add(key)
        return key.like(kind)

    def _comes_from_parent(self, key: Identity, attribute: str) -> bool:
        """Return whether a column changes with the one that it is inherited from."""
        if key.kind != "column" or attribute in ("compression", "options"):
            return False
        values = self.plan.changed[key][attribute]
        parents = [each for each in self.right.entries[key].parents if each.kind == "column"]
        return any(
            self.plan.changed.get(each, {}).get(attribute) == values and each not in self.plan.refused
            for each in parents
        )

    def _retype(self, key: Identity) -> None:
        self.changed |= {(key, name) for name in RETYPED}
        entry = self.right.entries[key]
        parents = [each for each in entry.parents if each.kind == "column"]
        if any(each in self.plan.retyped for each in parents):
            return
        attributes = entry.properties
        collation = f" COLLATE {attributes['collation']}" if "collation" in attributes else ""
        old = self.plan.left.entries[self.plan.origin[key]]
        through = casts.through(old, self.plan.left, entry, self.right)
        using = f"USING {entry.key.name}{through}::{attributes['type']}"
        change = f"TYPE {attributes['type']}{collation} {using}"
        self._add(key, f"ALTER TABLE {owner(entry)} ALTER COLUMN {entry.key.name} {change}")

    def _withdraw(self) -> None:
        """Take back the comments and the grants of objects that stay."""
        for old in self.plan.dropped:
            if old.kind not in ("comment", "grant", "default_privileges") or old in self.plan.partner:
                continue
            entry = self.plan.renamed[old]
            target = entry.parents[0] if entry.parents else None
            if target is not None and old.kind != "default_privileges" and target not in self.right.entries:
                continue
            steps = self._withdrawn(entry)
            if steps is None:
                continue
            self.withdrawn.add(entry.key)
            if target not in self.plan.made:
                self._add(entry.key, *steps)
                self._grant_columns_again(entry)

    def _grant_columns_again(self, grant: Object) -> None:
        """Grant on columns after REVOKE on their table, which takes it, and again what is granted already."""
        for each in self._column_grants.get((owner(grant), grant.key.name), ()):
            if each.key not in self.plan.made:
                self._steps[each.key] = self._created(each)
            self._needs[each.key].add(grant.key)

    @cached_property
    def _column_grants(self) -> Mapping[tuple[Identity, str], list[Object]]:
        """Table and grantee -> the grants on its columns."""
        found: dict[tuple[Identity, str], list[Object]] = defaultdict(list)
        for each in self.right.of_kind("grant"):
            column = self.right.entries.get(each.parents[0])
            if column is not None and column.key.kind == "column":
                found[owner(column), each.key.name].append(each)
        return found

    def _withdrawn(self, entry: Object) -> list[str] | None:
        if entry.key.kind == "comment":
            standard = entry.key.target == PUBLIC
            return self._comment(entry, literal(STANDARD_COMMENT) if standard else "NULL") or None
        if entry.key.kind == "grant":
            return privileges.statements(entry.key, None, self.right)
        return privileges.default_statements(entry.key, None)

    def _top(self, key: Identity) -> Identity:
        seen = set()
        while key not in seen and (key in self.plan.made or key.kind == DEFAULT):
            seen.add(key)
            above = self.plan.comes_by_itself(key)
            if above is None:
                break
            key = above
        return key
