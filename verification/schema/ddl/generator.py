"""The DDL that turns the left schema into the right one: tables, columns, indexes, constraints, sequences.

What it cannot express it names, and so what stands in the way of a statement: a view that reads a column,
for one. A comparison after running it says whether it was enough.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, auto
from typing import Final

from verification.schema.comparison import derived_differences
from verification.schema.comparison.compare import compare_schemas
from verification.schema.comparison.difference import Difference
from verification.schema.comparison.renames import last_part, schema_of
from verification.schema.ddl import definitions, dependencies
from verification.schema.ddl.definitions import name, table
from verification.schema.model.schema import Entry, Schema


class Phase(IntEnum):
    """The order in which statements run, so that nothing leans on what is not there."""

    DROP_FOREIGN_KEY = auto()
    DROP_CONSTRAINT = auto()
    DROP_INDEX = auto()
    DROP_COLUMN = auto()
    DROP_TABLE = auto()
    RENAME = auto()
    DROP_DEFAULT = auto()
    DROP_SEQUENCE = auto()
    SEQUENCE = auto()
    TABLE = auto()
    COLUMN = auto()
    TYPE = auto()
    SETTING = auto()
    NOT_NULL = auto()
    ALTER = auto()
    NULL = auto()
    KEY = auto()
    INDEX = auto()
    FOREIGN_KEY = auto()
    MARK = auto()
    OWNED = auto()
    COMMENT = auto()


RENAMED: Final = {"constraint": "RENAME CONSTRAINT {} TO {}", "column": "RENAME COLUMN {} TO {}"}
REBUILT: Final = frozenset({"constraint", "index"})
"""Classes that are dropped and made again whatever changes in them."""
SUPPORTED: Final = frozenset({"table", "column", "index", "constraint", "sequence", "comment"})
ON_TABLES: Final = frozenset({"table", "foreign_table"})
DROPPED: Final = frozenset({"DROP DEFAULT", "DROP IDENTITY"})
"""What comes before its sequence is dropped, or another is made under its name."""
KEYS: Final = frozenset({"primary key", "unique"})


@dataclass
class Script:
    """The statements, in order, and what no statement was made for."""

    statements: list[str] = field(default_factory=list)
    missing: list[Difference] = field(default_factory=list)

    def text(self) -> str:
        """Return it as one transaction, the rest as comments."""
        lines = ["BEGIN;", *(f"{statement};" for statement in self.statements), "COMMIT;"]
        lines += [
            f"-- not generated: {each.kind} {each.object} {each.change} {each.attribute}".rstrip()
            for each in self.missing
        ]
        return "\n".join(lines)


def generate(left: Schema, right: Schema) -> Script:
    """Return the script; both schemas as the catalog reader gave them."""
    return _Generator(left, right).script()


class _Generator:
    def __init__(self, left: Schema, right: Schema) -> None:
        self.left, self.right = left, right
        self.phased: list[tuple[Phase, str]] = []
        self.missing: list[Difference] = []
        self.rebuilt: set[tuple[str, str]] = set()

    def script(self) -> Script:
        for each in compare_schemas(self.left, self.right).differences:
            handler: Callable[[Difference], bool] = getattr(self, f"_{each.change}")
            if each.kind not in SUPPORTED or not handler(each):
                self.missing.append(each)
        # Sorting is stable: within a phase the order of the differences stays.
        statements = [statement for _, statement in sorted(self.phased, key=lambda pair: pair[0])]
        return Script(list(dict.fromkeys(statements)), self.missing)

    def _add(self, phase: Phase, statement: str) -> bool:
        self.phased.append((phase, statement))
        return True

    def _alter_table(self, phase: Phase, owner: str, change: str) -> bool:
        return self._add(phase, f"ALTER TABLE {owner} {change}")

    # What goes.

    def _removed(self, each: Difference) -> bool:
        entry = self.left.get(each.kind, each.object)
        return entry is not None and self._drop(entry)

    def _drop(self, entry: Entry) -> bool:
        done = False
        match entry.kind:
            case "table":
                done = self._drop_table(entry)
            case "column" if not dependencies.is_read(self.left, entry):
                done = self._alter_table(Phase.DROP_COLUMN, table(entry), f"DROP COLUMN {name(entry)}")
            case "constraint" if entry.parents[0][0] in ON_TABLES:
                done = self._drop_constraint(entry)
            case "index":
                done = self._add(Phase.DROP_INDEX, f"DROP INDEX {schema_of(table(entry))}.{name(entry)}")
            case "sequence":
                done = self._add(Phase.DROP_SEQUENCE, f"DROP SEQUENCE {entry.object}")
            case "comment":
                done = self._comment(self.left, entry, "NULL")
        return done

    def _drop_table(self, entry: Entry) -> bool:
        if dependencies.is_read_from_outside(self.left, entry):
            return False
        for each in dependencies.children(self.left, entry):
            if self.right.get(*each.key) is not None or not self._drop_table(each):
                return False
        for each in dependencies.foreign_keys_among(self.left, entry):
            self._alter_table(Phase.DROP_FOREIGN_KEY, table(each), f"DROP CONSTRAINT {name(each)}")
        return self._add(Phase.DROP_TABLE, f"DROP TABLE {entry.object}")

    def _drop_constraint(self, entry: Entry) -> bool:
        kind = entry.attributes["kind"]
        phase = Phase.DROP_FOREIGN_KEY if kind == "foreign key" else Phase.DROP_CONSTRAINT
        if kind in KEYS:
            for each in dependencies.foreign_keys_to(self.left, entry):
                kept = self.right.get(*each.key)
                if kept is not None and not self._rebuild(each, kept):
                    return False
        if kind == "primary key":
            self._drop_not_null(entry)
        return self._alter_table(phase, table(entry), f"DROP CONSTRAINT {name(entry)}")

    def _drop_not_null(self, key: Entry) -> None:
        """A primary key leaves its columns NOT NULL when it goes."""
        for column in key.attributes["columns"]:
            after = self.right.get("column", f"{table(key)}.{column}")
            if after is not None and not after.attributes.get("not_null"):
                self._alter_table(Phase.NULL, table(key), f"ALTER COLUMN {column} DROP NOT NULL")

    # What comes.

    def _added(self, each: Difference) -> bool:
        entry = self.right.get(each.kind, each.object)
        return entry is not None and self._create(entry)

    def _create(self, entry: Entry) -> bool:
        if entry.kind not in SUPPORTED or not definitions.is_known(entry):
            return False
        done = False
        match entry.kind:
            case "table":
                done = self._create_table(entry)
            case "column":
                self._alter_table(Phase.COLUMN, table(entry), f"ADD COLUMN {definitions.column(entry)}")
                done = self._create_dependents(entry)
            case "constraint" if self._has_target(entry):
                phase = Phase.FOREIGN_KEY if entry.attributes["kind"] == "foreign key" else Phase.KEY
                change = f"ADD CONSTRAINT {name(entry)} {definitions.constraint(entry)}"
                done = self._alter_table(phase, table(entry), change) and self._recreate_references(entry)
            case "index":
                done = self._add(Phase.INDEX, definitions.index(entry)) and self._recreate_references(entry)
            case "sequence":
                done = self._create_sequence(entry)
            case "comment":
                text = str(entry.attributes["comment"]).replace("'", "''")
                done = self._comment(self.right, entry, f"'{text}'")
        return done

    def _recreate_references(self, entry: Entry) -> bool:
        """Return a new index or constraint what it lost with the old one: comments, and what its table has it for."""
        for comment in dependencies.comments_on(self.right, entry):
            self._create(comment)
        owner = self.right.entries[entry.parents[0]]
        for attribute in sorted(derived_differences.INDEX_REFERENCES):
            if owner.attributes.get(attribute) in (name(entry), f"index {name(entry)}"):
                self._set(None, owner, attribute)
        return True

    def _has_target(self, constraint: Entry) -> bool:
        """Return whether the table that a foreign key points at is there, or comes to be."""
        target = constraint.attributes.get("target", table(constraint))
        there, then = self.left.get("table", target), self.right.get("table", target)
        return there is not None or (then is not None and self._is_known_table(then))

    def _create_sequence(self, entry: Entry) -> bool:
        self._add(Phase.SEQUENCE, definitions.sequence(entry))
        self._add(Phase.OWNED, f"ALTER SEQUENCE {entry.object} {definitions.owner(entry)}")
        if "owned_by" in entry.attributes:
            owned_by = f"OWNED BY {entry.attributes['owned_by']}"
            self._add(Phase.OWNED, f"ALTER SEQUENCE {entry.object} {owned_by}")
        return True

    def _create_table(self, entry: Entry) -> bool:
        if not self._is_known_table(entry):
            return False
        unlogged = "UNLOGGED " if entry.attributes.get("persistence") == "unlogged" else ""
        inside = ", ".join(map(definitions.column, self._columns(entry)))
        self._add(Phase.TABLE, f"CREATE {unlogged}TABLE {entry.object} ({inside})")
        settings = definitions.SETTINGS.keys() & entry.attributes.keys() - {"persistence"}
        for attribute in sorted(settings):
            if not self._set(None, entry, attribute):
                return False
        return self._create_dependents(entry)

    def _columns(self, entry: Entry) -> list[Entry]:
        order = entry.attributes.get("column_order", ())
        return [self.right.entries["column", f"{entry.object}.{column}"] for column in order]

    def _is_known_table(self, entry: Entry) -> bool:
        return all(map(definitions.is_known, (entry, *self._columns(entry))))

    def _create_dependents(self, owner: Entry) -> bool:
        """What came with a table or a column is one difference with it, and has statements of its own."""
        columns = {entry.key for entry in self.right.of_kind("column") if owner.key in entry.parents}
        for entry in self.right:
            if not {owner.key, *columns} & set(entry.parents) or self.left.get(*entry.key) is not None:
                continue
            if entry.kind != "column" and not self._create(entry):
                attribute = derived_differences.ONLY_ATTRIBUTE.get(entry.kind, "")
                self.missing.append(Difference(entry.kind, entry.object, "added", attribute, None, None))
        return True

    def _comment(self, side: Schema, entry: Entry, text: str) -> bool:
        location = definitions.commented(entry, side)
        return location is not None and self._add(Phase.COMMENT, f"COMMENT ON {location} IS {text}")

    # What is another.

    def _changed(self, each: Difference) -> bool:
        left = self.left.get(each.kind, each.object)
        if each.attribute == "name":
            return left is not None and self._rename(left, each)
        right = self.right.get(each.kind, each.object)
        if left is None or right is None:
            return False
        if each.kind == "comment":
            return self._create(right)
        if each.kind in REBUILT:
            return each.attribute in definitions.KNOWN[each.kind] and self._rebuild(left, right)
        if each.kind == "table":
            return self._set(left, right, each.attribute)
        return each.kind == "column" and self._alter(left, right, each.attribute)

    def _rebuild(self, left: Entry, right: Entry) -> bool:
        if right.key in self.rebuilt:
            return True
        if not definitions.is_known(right):
            return False
        self.rebuilt.add(right.key)
        return self._drop(left) and self._create(right)

    def _rename(self, left: Entry, each: Difference) -> bool:
        old, new = last_part(str(each.left)), last_part(str(each.right))
        if each.kind in RENAMED and left.parents[0][0] != "type":
            return self._alter_table(Phase.RENAME, table(left), RENAMED[each.kind].format(old, new))
        if each.kind == "index":
            return self._add(Phase.RENAME, f"ALTER INDEX {schema_of(table(left))}.{old} RENAME TO {new}")
        if each.kind in {"table", "sequence"}:
            return self._add(Phase.RENAME, f"ALTER {each.kind.upper()} {left.object} RENAME TO {new}")
        return False

    def _set(self, left: Entry | None, right: Entry, attribute: str) -> bool:
        """Change one attribute of a table."""
        form = definitions.SETTINGS.get(attribute)
        before = left.attributes.get(attribute) if left else None
        change = form(before, right.attributes.get(attribute)) if form else None
        if change is None:
            return False
        if attribute in derived_differences.INDEX_REFERENCES and right.attributes.get(attribute):
            return self._alter_table(Phase.MARK, right.object, change)
        return self._alter_table(Phase.SETTING, right.object, change)

    def _alter(self, left: Entry, right: Entry, attribute: str) -> bool:
        """Change one attribute of a column; what needs the rows rewritten by hand is not attempted."""
        if attribute in ("type", "collation"):
            return self._change_type(left, right)
        if attribute == "not_null" and right.attributes.get("not_null"):
            return self._alter_table(Phase.NOT_NULL, table(right), definitions.not_null(right))
        if attribute == "not_null":
            return self._alter_column(Phase.NULL, right, "DROP NOT NULL")
        form = definitions.ALTERED.get(attribute)
        change = form(left, right) if form else None
        if change is None:
            return False
        return self._alter_column(Phase.DROP_DEFAULT if change in DROPPED else Phase.ALTER, right, change)

    def _change_type(self, left: Entry, right: Entry) -> bool:
        """A default is a value of the old type: it goes before, and that of the right comes after."""
        if dependencies.is_read(self.left, left) or "generated" in left.attributes:
            return False
        found = right.attributes
        collation = f" COLLATE {found['collation']}" if "collation" in found else ""
        if "default" in left.attributes:
            self._alter_column(Phase.DROP_DEFAULT, right, "DROP DEFAULT")
        if "default" in found:
            self._alter_column(Phase.ALTER, right, f"SET DEFAULT {found['default']}")
        change = f"TYPE {found['type']}{collation} USING {name(right)}::{found['type']}"
        return self._alter_column(Phase.TYPE, right, change)

    def _alter_column(self, phase: Phase, column: Entry, change: str) -> bool:
        return self._alter_table(phase, table(column), f"ALTER COLUMN {name(column)} {change}")
