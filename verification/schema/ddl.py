"""The DDL that turns the left schema into the right one: tables, columns, indexes, constraints, sequences.

What it cannot express it names; a comparison after running it says whether it was enough.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from verification.schema import definitions
from verification.schema.compare import compare_schemas
from verification.schema.difference import Difference
from verification.schema.model import Entry, Schema


class Stage(IntEnum):
    """The order in which statements run, so that nothing leans on what is not there."""

    DROP_FOREIGN_KEY = 0
    DROP_CONSTRAINT = 1
    DROP_INDEX = 2
    RENAME = 3
    DROP_COLUMN = 4
    DROP_TABLE = 5
    DROP_SEQUENCE = 6
    SEQUENCE = 7
    TABLE = 8
    COLUMN = 9
    ALTER = 10
    KEY = 11
    INDEX = 12
    FOREIGN_KEY = 13
    OWNED = 14
    COMMENT = 15


RENAMED: Final = {"constraint": "RENAME CONSTRAINT {} TO {}", "column": "RENAME COLUMN {} TO {}"}
REBUILT: Final = frozenset({"constraint", "index"})
"""Classes that are dropped and made again whatever changes in them."""
SUPPORTED: Final = frozenset({"table", "column", "index", "constraint", "sequence", "comment"})


@dataclass
class Script:
    """The statements, in order, and what no statement was made for."""

    statements: list[str] = field(default_factory=list)
    missing: list[Difference] = field(default_factory=list)

    def text(self) -> str:
        """Give it as one transaction, the rest as comments."""
        lines = ["BEGIN;", *(f"{statement};" for statement in self.statements), "COMMIT;"]
        lines += [
            f"-- not generated: {each.kind} {each.object} {each.change} {each.attribute}".rstrip()
            for each in self.missing
        ]
        return "\n".join(lines)


def generate(left: Schema, right: Schema) -> Script:
    """Give the script; both schemas as the catalog reader gave them."""
    return _Work(left, right).script()


class _Work:
    def __init__(self, left: Schema, right: Schema) -> None:
        self.left, self.right = left, right
        self.staged: list[tuple[Stage, str]] = []
        self.missing: list[Difference] = []
        self.rebuilt: set[tuple[str, str]] = set()

    def script(self) -> Script:
        for each in compare_schemas(self.left, self.right).differences:
            handler: Callable[[Difference], bool] = getattr(self, f"_{each.change}")
            if each.kind not in SUPPORTED or not handler(each):
                self.missing.append(each)
        # Sorting is stable: within a stage the order of the differences stays.
        statements = [statement for _, statement in sorted(self.staged, key=lambda pair: pair[0])]
        return Script(list(dict.fromkeys(statements)), self.missing)

    def _add(self, stage: Stage, statement: str) -> None:
        self.staged.append((stage, statement))

    def _removed(self, each: Difference) -> bool:
        entry = self.left.get(each.kind, each.object)
        if entry is None:
            return False
        return self._drop(entry)

    def _drop(self, entry: Entry) -> bool:
        match entry.kind:
            case "table":
                self._add(Stage.DROP_TABLE, f"DROP TABLE {entry.object}")
            case "column":
                self._add(
                    Stage.DROP_COLUMN,
                    f"ALTER TABLE {definitions.table(entry)} DROP COLUMN {definitions.name(entry)}",
                )
            case "constraint" if entry.parents[0][0] == "table":
                stage = Stage.DROP_CONSTRAINT
                if entry.attributes["kind"] == "foreign key":
                    stage = Stage.DROP_FOREIGN_KEY
                self._add(
                    stage, f"ALTER TABLE {definitions.table(entry)} DROP CONSTRAINT {definitions.name(entry)}"
                )
            case "index":
                schema = definitions.table(entry).split(".")[0]
                self._add(Stage.DROP_INDEX, f"DROP INDEX {schema}.{definitions.name(entry)}")
            case "sequence":
                self._add(Stage.DROP_SEQUENCE, f"DROP SEQUENCE {entry.object}")
            case "comment":
                self._add(Stage.COMMENT, f"COMMENT ON {_commented(entry.object)} IS NULL")
            case _:
                return False
        return True

    def _added(self, each: Difference) -> bool:
        entry = self.right.get(each.kind, each.object)
        return entry is not None and self._create(entry)

    def _create(self, entry: Entry) -> bool:
        if entry.kind == "comment":
            text = str(entry.attributes["comment"]).replace("'", "''")
            self._add(Stage.COMMENT, f"COMMENT ON {_commented(entry.object)} IS '{text}'")
            return True
        if set(entry.attributes) - definitions.KNOWN[entry.kind]:
            return False
        match entry.kind:
            case "table":
                return self._create_table(entry)
            case "column":
                self._add(
                    Stage.COLUMN,
                    f"ALTER TABLE {definitions.table(entry)} ADD COLUMN {definitions.column(entry)}",
                )
                return self._create_dependents(entry)
            case "constraint" if entry.parents[0][0] == "table" and entry.attributes["kind"] != "exclusion":
                stage = Stage.FOREIGN_KEY if entry.attributes["kind"] == "foreign key" else Stage.KEY
                self._add(
                    stage,
                    f"ALTER TABLE {definitions.table(entry)} ADD CONSTRAINT {definitions.name(entry)} "
                    f"{definitions.constraint(entry)}",
                )
            case "index":
                self._add(Stage.INDEX, definitions.index(entry))
            case "sequence":
                self._add(Stage.SEQUENCE, definitions.sequence(entry))
                if "owned_by" in entry.attributes:
                    self._add(
                        Stage.OWNED, f"ALTER SEQUENCE {entry.object} OWNED BY {entry.attributes['owned_by']}"
                    )
            case _:
                return False
        return True

    def _create_table(self, entry: Entry) -> bool:
        columns = [
            self.right.entries["column", f"{entry.object}.{column}"]
            for column in entry.attributes.get("column_order", ())
        ]
        if any(set(column.attributes) - definitions.COLUMN for column in columns):
            return False
        unlogged = "UNLOGGED " if entry.attributes.get("persistence") == "unlogged" else ""
        inside = ", ".join(map(definitions.column, columns))
        self._add(Stage.TABLE, f"CREATE {unlogged}TABLE {entry.object} ({inside})")
        return self._create_dependents(entry)

    def _create_dependents(self, owner: Entry) -> bool:
        """What came with a table or a column is one difference with it, and has statements of its own."""
        done = True
        columns = {entry.key for entry in self.right.of_kind("column") if owner.key in entry.parents}
        for entry in self.right:
            if not {owner.key, *columns} & set(entry.parents) or self.left.get(*entry.key) is not None:
                continue
            if entry.kind in {"constraint", "index", "sequence", "comment"}:
                done = self._create(entry) and done
        return done

    def _changed(self, each: Difference) -> bool:  # noqa: PLR0911 - one line a way
        left = self.left.get(each.kind, each.object)
        if each.attribute == "name":
            return left is not None and self._rename(left, each)
        right = self.right.get(each.kind, each.object)
        if left is None or right is None:
            return False
        if each.kind == "comment":
            return self._create(right)
        if each.kind in REBUILT:
            if each.attribute not in definitions.KNOWN[each.kind]:
                return False
            if right.key not in self.rebuilt:
                self.rebuilt.add(right.key)
                return self._drop(left) and self._create(right)
            return True
        return each.kind == "column" and self._alter(right, each.attribute)

    def _rename(self, left: Entry, each: Difference) -> bool:
        old, new = str(each.left).split(".")[-1], str(each.right).split(".")[-1]
        if each.kind in RENAMED:
            self._add(
                Stage.RENAME, f"ALTER TABLE {definitions.table(left)} {RENAMED[each.kind].format(old, new)}"
            )
        elif each.kind == "index":
            schema = definitions.table(left).split(".")[0]
            self._add(Stage.RENAME, f"ALTER INDEX {schema}.{old} RENAME TO {new}")
        elif each.kind in {"table", "sequence"}:
            self._add(Stage.RENAME, f"ALTER {each.kind.upper()} {left.object} RENAME TO {new}")
        else:
            return False
        return True

    def _alter(self, right: Entry, attribute: str) -> bool:
        """Change one attribute of a column; what needs the rows rewritten by hand is not attempted."""
        found, name = right.attributes, definitions.name(right)
        match attribute:
            case "type" | "collation":
                collation = f" COLLATE {found['collation']}" if "collation" in found else ""
                change = f"TYPE {found['type']}{collation} USING {name}::{found['type']}"
            case "not_null":
                change = "SET NOT NULL" if found.get("not_null") else "DROP NOT NULL"
            case "default" if "generated" not in found:
                change = f"SET DEFAULT {found['default']}" if "default" in found else "DROP DEFAULT"
            case "identity" if "identity" not in found:
                change = "DROP IDENTITY"
            case "identity" if found.get("identity") and not self._has_identity(right):
                change = (
                    f"ADD GENERATED {found['identity'].upper()} AS IDENTITY ({definitions.identity(right)})"
                )
            case "identity":
                change = f"SET GENERATED {found['identity'].upper()}"
            case "storage" if "storage" in found:
                change = f"SET STORAGE {found['storage']}"
            case "statistics_target":
                change = f"SET STATISTICS {found.get('statistics_target', -1)}"
            case _:
                return False
        self._add(Stage.ALTER, f"ALTER TABLE {definitions.table(right)} ALTER COLUMN {name} {change}")
        return True

    def _has_identity(self, right: Entry) -> bool:
        left = self.left.get(*right.key)
        return left is not None and "identity" in left.attributes


def _commented(name: str) -> str:
    """Turn the model's ``index public.t.i`` into what COMMENT ON takes."""
    kind, _, identity = name.partition(" ")
    parts = identity.split(".")
    if kind == "index":
        return f"INDEX {parts[0]}.{parts[-1]}"
    if kind == "constraint":
        return f"CONSTRAINT {parts[-1]} ON {'.'.join(parts[:-1])}"
    return f"{kind.replace('_', ' ').upper()} {identity}"
