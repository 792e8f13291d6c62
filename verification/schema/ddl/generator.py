"""Generate the DDL that turns the left schema into the right one.

In scope: tables, columns, indexes, constraints, sequences, comments. Differences in other objects, and those
that another object blocks (a view that reads a column), are listed instead. Compare the two databases again
after running the script.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, auto
from typing import Final

from ..comparison import derived_differences
from ..comparison.compare import compare_schemas
from ..comparison.difference import Difference
from ..comparison.renames import last_part, schema_of
from ..model.schema import Entry, Key, Schema
from . import definitions, dependencies
from .definitions import name, table
from .prerequisites import Prerequisites


class Phase(IntEnum):
    """The order in which statements run: an object is created after what it needs and dropped before it."""

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
    INDEX_REFERENCE = auto()
    OWNED = auto()
    COMMENT = auto()


RENAMED: Final = {"constraint": "RENAME CONSTRAINT {} TO {}", "column": "RENAME COLUMN {} TO {}"}
REBUILT: Final = frozenset({"constraint", "index"})
"""Classes that are dropped and created again whatever has changed."""
SUPPORTED: Final = frozenset({"table", "column", "index", "constraint", "sequence", "comment"})
ON_TABLES: Final = frozenset({"table", "foreign_table"})
DROPPED: Final = frozenset({"DROP DEFAULT", "DROP IDENTITY"})
"""Changes of a column that must run before its sequence is dropped or another gets its name."""
KEYS: Final = frozenset({"primary key", "unique"})


@dataclass
class Script:
    """The statements in order, and the differences without one."""

    statements: list[str] = field(default_factory=list)
    missing: list[Difference] = field(default_factory=list)

    def text(self) -> str:
        """Return one transaction, followed by a comment for each difference without a statement."""
        lines = ["BEGIN;", *(f"{statement};" for statement in self.statements), "COMMIT;"]
        lines += [
            f"-- not generated: {difference.kind} {difference.object} {difference.change} "
            f"{difference.attribute}".rstrip()
            for difference in self.missing
        ]
        return "\n".join(lines)


def generate(left: Schema, right: Schema) -> Script:
    """Return the script for two schemas of the catalog reader."""
    return _Generator(left, right).script()


class _Generator:
    def __init__(self, left: Schema, right: Schema) -> None:
        self.left, self.right = left, right
        self.phased: list[tuple[Phase, str]] = []
        self.missing: list[Difference] = []
        self.rebuilt: set[tuple[str, str]] = set()
        self.prerequisites = Prerequisites(left, right)

    def script(self) -> Script:
        handlers: dict[str, Callable[[Difference], bool]] = {
            "added": self._added,
            "removed": self._removed,
            "changed": self._changed,
        }
        for difference in compare_schemas(self.left, self.right).differences:
            if difference.kind not in SUPPORTED or not handlers[difference.change](difference):
                self.missing.append(difference)
        # Sorting is stable: within a phase the order of the differences stays.
        statements = [statement for _, statement in sorted(self.phased, key=lambda pair: pair[0])]
        return Script(list(dict.fromkeys(statements)), self.missing)

    def _add(self, phase: Phase, statement: str) -> bool:
        if self.prerequisites.lacks(statement):
            return False
        self.phased.append((phase, statement))
        return True

    def _alter_table(self, phase: Phase, owner: str, change: str) -> bool:
        return self._add(phase, f"ALTER TABLE {owner} {change}")

    # Removed objects.

    def _removed(self, difference: Difference) -> bool:
        entry = self.left.get(difference.kind, difference.object)
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
        for child in dependencies.children(self.left, entry):
            if self.right.get(*child.key) is not None or not self._drop_table(child):
                return False
        for key in dependencies.foreign_keys_among(self.left, entry):
            self._alter_table(Phase.DROP_FOREIGN_KEY, table(key), f"DROP CONSTRAINT {name(key)}")
        return self._add(Phase.DROP_TABLE, f"DROP TABLE {entry.object}")

    def _drop_constraint(self, entry: Entry) -> bool:
        kind = entry.attributes["kind"]
        phase = Phase.DROP_FOREIGN_KEY if kind == "foreign key" else Phase.DROP_CONSTRAINT
        if kind in KEYS:
            for key in dependencies.foreign_keys_to(self.left, entry):
                kept = self.right.get(*key.key)
                if kept is not None and not self._rebuild(key, kept):
                    return False
        if kind == "primary key":
            self._drop_not_null(entry)
        return self._alter_table(phase, table(entry), f"DROP CONSTRAINT {name(entry)}")

    def _drop_not_null(self, key: Entry) -> None:
        """Drop NOT NULL from the columns of a dropped primary key: PostgreSQL keeps it."""
        for column in key.attributes["columns"]:
            after = self.right.get("column", f"{table(key)}.{column}")
            if after is not None and not after.attributes.get("not_null"):
                self._alter_table(Phase.NULL, table(key), f"ALTER COLUMN {column} DROP NOT NULL")

    # Added objects.

    def _added(self, difference: Difference) -> bool:
        entry = self.right.get(difference.kind, difference.object)
        return entry is not None and self._create(entry)

    def _create(self, entry: Entry) -> bool:
        if entry.kind not in SUPPORTED or not definitions.is_known(entry):
            return False
        if entry.key in self.prerequisites.unmade or self.prerequisites.lacks_parent(entry):
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
        """Recreate what was dropped with the old index or constraint: comments, CLUSTER ON, REPLICA IDENTITY."""
        for comment in dependencies.comments_on(self.right, entry):
            self._create(comment)
        owner = self.right.entries[entry.parents[0]]
        for attribute in sorted(derived_differences.INDEX_REFERENCES):
            if owner.attributes.get(attribute) in (name(entry), f"index {name(entry)}"):
                self._set(None, owner, attribute)
        return True

    def _has_target(self, constraint: Entry) -> bool:
        """Return whether the table that a foreign key references exists or is created by the script."""
        target = constraint.attributes.get("target", table(constraint))
        before, after = self.left.get("table", target), self.right.get("table", target)
        return before is not None or (after is not None and self._is_known_table(after))

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
        """Create what was added with a table or a column: it is no difference of its own."""
        columns = {entry.key for entry in self.right.of_kind("column") if owner.key in entry.parents}
        for entry in self.right:
            if not {owner.key, *columns} & set(entry.parents) or self.left.get(*entry.key) is not None:
                continue
            if entry.kind != "column" and not self._create(entry):
                attribute = derived_differences.ONLY_ATTRIBUTE.get(entry.kind, "")
                self.missing.append(Difference(entry.kind, entry.object, "added", attribute, None, None))
        return True

    def _comment(self, side: Schema, entry: Entry, text: str) -> bool:
        target = definitions.commented(entry, side)
        return target is not None and self._add(Phase.COMMENT, f"COMMENT ON {target} IS {text}")

    # Changed objects.

    def _changed(self, difference: Difference) -> bool:
        left = self.left.get(difference.kind, difference.object)
        if difference.attribute == "name":
            return left is not None and self._rename(left, difference)
        right = self.right.get(difference.kind, difference.object)
        if left is None or right is None:
            return False
        if difference.kind == "comment":
            return self._create(right)
        if difference.kind in REBUILT:
            return difference.attribute in definitions.KNOWN[difference.kind] and self._rebuild(left, right)
        if difference.kind == "table":
            return self._set(left, right, difference.attribute)
        return difference.kind == "column" and self._alter(left, right, difference.attribute)

    def _rebuild(self, left: Entry, right: Entry) -> bool:
        if right.key in self.rebuilt:
            return True
        if not definitions.is_known(right) or self.prerequisites.lacks_parent(right):
            return False
        if self.prerequisites.lacks(self._definition(right)):
            return False
        self.rebuilt.add(right.key)
        return self._drop(left) and self._create(right)

    def _definition(self, entry: Entry) -> str:
        """Return the SQL of an index or a constraint, to look at before the old one is dropped."""
        return definitions.index(entry) if entry.kind == "index" else definitions.constraint(entry)

    def _rename(self, left: Entry, difference: Difference) -> bool:
        old, new = last_part(str(difference.left)), last_part(str(difference.right))
        if difference.kind in RENAMED and left.parents[0][0] != "type":
            return self._alter_table(Phase.RENAME, table(left), RENAMED[difference.kind].format(old, new))
        if difference.kind == "index":
            return self._add(Phase.RENAME, f"ALTER INDEX {schema_of(table(left))}.{old} RENAME TO {new}")
        if difference.kind in {"table", "sequence"}:
            return self._add(Phase.RENAME, f"ALTER {difference.kind.upper()} {left.object} RENAME TO {new}")
        return False

    def _set(self, left: Entry | None, right: Entry, attribute: str) -> bool:
        """Change one attribute of a table."""
        form = definitions.SETTINGS.get(attribute)
        before = left.attributes.get(attribute) if left else None
        change = form(before, right.attributes.get(attribute)) if form else None
        if change is None:
            return False
        if attribute in derived_differences.INDEX_REFERENCES and right.attributes.get(attribute):
            return self._alter_table(Phase.INDEX_REFERENCE, right.object, change)
        return self._alter_table(Phase.SETTING, right.object, change)

    def _alter(self, left: Entry, right: Entry, attribute: str) -> bool:
        """Change one attribute of a column; one that needs new values in the rows is not supported."""
        if attribute in ("type", "collation"):
            return self._change_type(left, right)
        if attribute == "not_null" and right.attributes.get("not_null"):
            return self._alter_table(Phase.NOT_NULL, table(right), definitions.not_null(right))
        if attribute == "not_null":
            return self._alter_column(Phase.NULL, right, "DROP NOT NULL")
        if attribute == "identity":
            self._change_serial(left, right)
        form = definitions.ALTERED.get(attribute)
        change = form(left, right) if form else None
        if change is None:
            return False
        return self._alter_column(Phase.DROP_DEFAULT if change in DROPPED else Phase.ALTER, right, change)

    def _change_serial(self, left: Entry, right: Entry) -> None:
        """Drop or create what makes a serial column of one: its default and its sequence are no differences then."""
        if "default" in left.attributes and "default" not in right.attributes:
            self._alter_column(Phase.DROP_DEFAULT, right, "DROP DEFAULT")
        if "default" in right.attributes and "default" not in left.attributes:
            self._alter_column(Phase.ALTER, right, f"SET DEFAULT {right.attributes['default']}")
        for sequence in _owned(self.left, left) - _owned(self.right, right):
            self._drop(self.left.entries[sequence])
        for sequence in _owned(self.right, right) - _owned(self.left, left):
            self._create(self.right.entries[sequence])

    def _change_type(self, left: Entry, right: Entry) -> bool:
        """Drop the old default, which has the old type; then change the type and set the new default."""
        if right.key in self.prerequisites.unmade:
            return False
        if dependencies.is_read(self.left, left) or "generated" in left.attributes:
            return False
        attributes = right.attributes
        collation = f" COLLATE {attributes['collation']}" if "collation" in attributes else ""
        if "default" in left.attributes:
            self._alter_column(Phase.DROP_DEFAULT, right, "DROP DEFAULT")
        if "default" in attributes:
            self._alter_column(Phase.ALTER, right, f"SET DEFAULT {attributes['default']}")
        change = f"TYPE {attributes['type']}{collation} USING {name(right)}::{attributes['type']}"
        return self._alter_column(Phase.TYPE, right, change)

    def _alter_column(self, phase: Phase, column: Entry, change: str) -> bool:
        return self._alter_table(phase, table(column), f"ALTER COLUMN {name(column)} {change}")


def _owned(side: Schema, column: Entry) -> set[Key]:
    """Return the sequences that a column owns."""
    return {
        entry.key for entry in side.of_kind("sequence") if entry.attributes.get("owned_by") == column.object
    }
