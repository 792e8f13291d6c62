"""Two schemas -> their differences; nothing else in the project decides what equal means.

One cause gives one difference: what PostgreSQL removes of itself with a table or a column, what a
rename changes elsewhere and what a partition has from its parent is not reported again. Whatever
could be a difference of its own is reported.
"""

from dataclasses import dataclass, field
from typing import Final

from verification.errors import CannotRun
from verification.schema.comparison import derived_differences, versions
from verification.schema.comparison.difference import Difference
from verification.schema.comparison.extension_moves import ExtensionMove
from verification.schema.comparison.options import Options
from verification.schema.comparison.rename_detection import GENERATED_NAMES, Attributes, find_renames
from verification.schema.comparison.renames import COLUMN_ORDER, Rename, Renames, schema_of
from verification.schema.model.schema import Entry, Key, Schema, Value

DEFAULTS: Final = Options()


@dataclass(frozen=True)
class Comparison:
    """What a comparison found."""

    differences: list[Difference]
    information: list[Difference]
    """What differs and is no failure: order of columns, what the databases stand on."""
    notes: list[str] = field(default_factory=list)
    """What the comparison had to normalise, since the servers are of two versions."""

    @property
    def equal(self) -> bool:
        """Whether the two are the same."""
        return not self.differences


def compare(left: Schema, right: Schema, options: Options = DEFAULTS) -> list[Difference]:
    """Give the differences, in an order that does not change."""
    return compare_schemas(left, right, options).differences


def compare_schemas(left: Schema, right: Schema, options: Options = DEFAULTS) -> Comparison:
    """Give the differences, and beside them what is worth knowing."""
    notes = versions.notes(left, right)
    if left.version != right.version:
        left, right = versions.without_version_differences(left, right)
    if left.entries == right.entries and not any(kind == "not_compared" for kind, _ in left.entries):
        # The usual answer, at a third of the cost: nothing differs, not even what is information only.
        differences, orders = [], []
    else:
        work = _SchemaPair(left, right, options)
        differences, orders = work.differences(), work.orders()
    information = [*derived_differences.context_differences(left, right), *orders]
    if options.column_order == "difference":
        differences = differences + orders
        information = derived_differences.context_differences(left, right)
    elif options.column_order == "ignore":
        information = derived_differences.context_differences(left, right)
    return Comparison(
        sorted((each for each in differences if _is_wanted(each, options)), key=_order),
        sorted((each for each in information if _is_wanted(each, options)), key=_order),
        notes,
    )


def check_ignored(words: frozenset[str], *schemas: Schema) -> None:
    """Refuse a word that names nothing in the schemas nor in the model: it would silently ignore nothing."""
    kinds = {entry.kind for schema in schemas for entry in schema} | derived_differences.KINDS
    attributes = {name for schema in schemas for entry in schema for name in entry.attributes}
    for word in sorted(words):
        kind, _, attribute = word.partition(".")
        if word not in kinds | attributes | derived_differences.ATTRIBUTES and not (
            attribute and kind in kinds
        ):
            raise CannotRun(f"--ignore {word}: no such object class; known: {', '.join(sorted(kinds))}")


def _is_wanted(difference: Difference, options: Options) -> bool:
    words = {difference.kind, difference.attribute, f"{difference.kind}.{difference.attribute}"}
    return difference.kind == "not_compared" or not words & options.ignore


def _order(difference: Difference) -> tuple[str, str, str, str]:
    return (difference.object, difference.kind, difference.attribute, difference.change)


class _SchemaPair:
    """One comparison under way."""

    def __init__(self, left: Schema, right: Schema, options: Options) -> None:
        self.options = options
        self.left = dict(left.entries)
        self.right = dict(right.entries)
        self.renames = Renames()
        if self.left.keys() != self.right.keys():
            self.left, self.renames = find_renames(self.left, self.right, options)
        self.attributes = Attributes(self.renames, options)

    def differences(self) -> list[Difference]:
        removed = {key: self.left[key] for key in self.left.keys() - self.right.keys()}
        added = {key: self.right[key] for key in self.right.keys() - self.left.keys()}
        changed = {
            key: attributes
            for key, entry in self.left.items()
            if (other := self.right.get(key))
            and entry.attributes != other.attributes
            and (attributes := self.attributes.changed(entry, other))
        }
        kinds = self._converted_unique_constraints(removed, added)
        context = derived_differences.DiffContext(self.left, self.right, removed, added, changed)
        return [
            *self._unknown(),
            *kinds,
            *self._renamed(),
            *(
                self._whole(entry, "removed")
                for entry in removed.values()
                if not context.is_derived(entry, removed)
            ),
            *(
                self._whole(entry, "added")
                for entry in added.values()
                if not context.is_derived(entry, added)
            ),
            *(
                Difference(key[0], key[1], "changed", name, *values)
                for key, attributes in changed.items()
                for name, values in attributes.items()
                if not context.is_derived_attribute(key, name, values)
            ),
        ]

    def orders(self) -> list[Difference]:
        """Tell the tables whose columns stand in another order."""
        found = []
        tables = [key for key in self.left if key[0] in ("table", "foreign_table") and key in self.right]
        for key in tables:
            entry, other = self.left[key], self.right[key]
            if entry.attributes.get(COLUMN_ORDER) == other.attributes.get(COLUMN_ORDER):
                continue
            names = {old.old_name: old.new_name for old in self.renames.found if old.table == key}
            left = [names.get(name, name) for name in entry.attributes.get(COLUMN_ORDER, ())]
            right = list(other.attributes.get(COLUMN_ORDER, ()))
            common = set(left) & set(right)
            left, right = [n for n in left if n in common], [n for n in right if n in common]
            if left != right:
                found.append(Difference(key[0], key[1], "changed", COLUMN_ORDER, tuple(left), tuple(right)))
        return found

    def _unknown(self) -> list[Difference]:
        """What no reader knows is never equal, even when both have it."""
        names = {key[1] for side in (self.left, self.right) for key in side if key[0] == "not_compared"}
        for name in names:
            self.left.pop(("not_compared", name), None)
            self.right.pop(("not_compared", name), None)
        return [Difference("not_compared", name, "changed", "kind", "unknown", "unknown") for name in names]

    def _whole(self, entry: Entry, change: str) -> Difference:
        attribute = derived_differences.ONLY_ATTRIBUTE.get(entry.kind, "")
        value: Value = entry.attributes[attribute] if attribute else dict(entry.attributes)
        sides = (value, None) if change == "removed" else (None, value)
        return Difference(entry.kind, entry.object, change, attribute, *sides)

    def _renamed(self) -> list[Difference]:
        quiet = GENERATED_NAMES if self.options.generated_names else frozenset()
        return [
            Difference(each.kind, each.old, "changed", each.attribute, *each.values)
            for each in self.renames.found
            if each.kind not in quiet
            and not isinstance(each, ExtensionMove)
            and not self._moved_with_table(each)
            and not self._inherited(each)
        ]

    def _inherited(self, rename: Rename) -> bool:
        """Whether a table's column, constraint or trigger was renamed with that of the table it inherits from."""
        parents = {key for key in self.right[rename.kind, rename.new].parents if key[0] == rename.kind}
        return any(
            (each.kind, each.new) in parents and each.values == rename.values for each in self.renames.found
        )

    def _moved_with_table(self, rename: Rename) -> bool:
        """Whether a sequence went to another schema with the table that owns it."""
        if rename.attribute != "schema" or rename.kind != "sequence":
            return False
        tables = {each.new for each in self.renames.found if each.attribute == "schema"}
        owners = (name for kind, name in self.right[rename.kind, rename.new].parents if kind == "column")
        return any(schema_of(owner) in tables for owner in owners)

    def _converted_unique_constraints(
        self, removed: dict[Key, Entry], added: dict[Key, Entry]
    ) -> list[Difference]:
        """A unique constraint that became a unique index, or the other way, is one difference."""
        found = []
        for here, there, words in (
            (removed, added, ("unique constraint", "unique index")),
            (added, removed, ("unique index", "unique constraint")),
        ):
            for key, entry in list(here.items()):
                if key[0] != "constraint" or entry.attributes.get("kind") != "unique":
                    continue
                match = derived_differences.equal_unique_index(
                    entry, there, by_meaning=self.options.unique_index_as_constraint
                )
                if match:
                    del here[key], there[match]
                    if not self.options.unique_index_as_constraint:
                        found.append(Difference("constraint", key[1], "changed", "kind", *words))
        return found
