"""Compare two schemas and return their differences. Nothing else in the project decides what equal means.

One cause is one difference. Not reported again are: objects that PostgreSQL drops together with a table
or a column, texts that a rename changes in other objects, and what a partition inherits from its parent.
Everything that could have changed on its own is reported.
"""

from dataclasses import dataclass, field
from typing import Final

from ...errors import CannotRun
from ..model.identity import Identity
from ..model.objects import CLASSES, Object, Value, attribute_names
from ..model.schema import Schema, apply_renames
from . import derived_differences, versions
from .difference import Difference
from .exchanges import Exchange, find_exchanges
from .extension_moves import ExtensionMove
from .options import Options
from .rename_detection import GENERATED_NAMES, Attributes, find_renames
from .renames import COLUMN_ORDER, Rename, Renames

DEFAULTS: Final = Options()
SERIAL: Final = "serial"
"""The value of ``identity`` for a column whose default is the next value of its own sequence."""


@dataclass(frozen=True)
class Comparison:
    """The result of comparing two schemas."""

    differences: list[Difference]
    information: list[Difference]
    """Differences that do not count: order of columns, encoding and locale of the databases."""
    notes: list[str] = field(default_factory=list)
    """What was normalised because the servers have different major versions."""

    @property
    def equal(self) -> bool:
        """Whether no difference counts."""
        return not self.differences


def compare(left: Schema, right: Schema, options: Options = DEFAULTS) -> list[Difference]:
    """Return the differences that count, sorted by object, class, attribute and change."""
    return compare_schemas(left, right, options).differences


def compare_schemas(
    left: Schema, right: Schema, options: Options = DEFAULTS, *, exchanges: bool = False
) -> Comparison:
    """Return the differences that count, the information and the notes.

    ``exchanges``: two objects that changed places are one difference, for people; a script changes each of the two.
    """
    notes = versions.notes(left, right)
    if left.version != right.version:
        left, right = versions.without_version_differences(left, right)
    if left.entries == right.entries and not any(key.kind == "not_compared" for key in left.entries):
        # The common case, at a third of the cost: nothing differs, not even information.
        differences, orders = [], []
    else:
        pair = _SchemaPair(left, right, options, exchanges=exchanges)
        differences, orders = pair.differences(), pair.column_orders()
    information = [*derived_differences.context_differences(left, right), *orders]
    if options.column_order == "difference":
        differences = differences + orders
        information = derived_differences.context_differences(left, right)
    elif options.column_order == "ignore":
        information = derived_differences.context_differences(left, right)
    return Comparison(
        sorted((difference for difference in differences if counts(difference, options)), key=_order),
        sorted((difference for difference in information if counts(difference, options)), key=_order),
        notes,
    )


def check_ignored(words: frozenset[str], *schemas: Schema) -> None:
    """Raise ``CannotRun`` for a word that is no object class or attribute: it would ignore nothing, silently."""
    kinds = {entry.key.kind for schema in schemas for entry in schema} | derived_differences.KINDS
    attributes = {name for schema in schemas for entry in schema for name in entry.properties}
    attributes.update(name for kind in CLASSES for name in attribute_names(kind))
    for word in sorted(words):
        kind, _, attribute = word.partition(".")
        if word not in kinds | attributes | derived_differences.ATTRIBUTES and not (
            attribute and kind in kinds
        ):
            raise CannotRun(f"--ignore {word}: no such object class; known: {', '.join(sorted(kinds))}")


def counts(difference: Difference, options: Options) -> bool:
    """Return whether a difference is one that the options do not ignore."""
    words = {difference.kind, difference.attribute, f"{difference.kind}.{difference.attribute}"}
    return difference.kind == "not_compared" or not words & options.ignore


def _order(difference: Difference) -> tuple[str, str, str, str]:
    return (difference.object, difference.kind, difference.attribute, difference.change)


def _with_serial(side: int | None, name: str, values: tuple[Value, Value]) -> tuple[Value, Value]:
    """Name what a column is that has no identity: the sequence and the default are parts of the same difference."""
    if side is None or name != "identity":
        return values
    return (SERIAL, values[1]) if side == 0 else (values[0], SERIAL)


class _SchemaPair:
    """Two schemas under comparison, the left one with the renames applied."""

    def __init__(self, left: Schema, right: Schema, options: Options, *, exchanges: bool) -> None:
        self.options = options
        self.left = dict(left.entries)
        self.right = dict(right.entries)
        self.renames = Renames()
        if self.left.keys() != self.right.keys():
            self.left, self.renames = find_renames(self.left, self.right, options)
        if exchanges:
            self._exchange()
        self.attributes = Attributes(self.renames, options)

    def _exchange(self) -> None:
        found = [*find_exchanges(self.left, self.right, self.renames, self._differ)]
        while found:  # an index of two columns that changed places looks otherwise once they have
            self.left = apply_renames(self.left, found)
            self.renames.applied += found
            found = [*find_exchanges(self.left, self.right, self.renames, self._differ)]

    def _differ(self, renames: Renames, left: Object, right: Object) -> bool:
        return left != right and bool(Attributes(renames, self.options).changed(left, right))

    def differences(self) -> list[Difference]:
        removed = {key: self.left[key] for key in self.left.keys() - self.right.keys()}
        added = {key: self.right[key] for key in self.right.keys() - self.left.keys()}
        changed = {
            key: attributes
            for key, entry in self.left.items()
            if (other := self.right.get(key))
            and entry != other
            and (attributes := self.attributes.changed(entry, other))
        }
        converted = self._converted_unique_constraints(removed, added)
        context = derived_differences.DiffContext(self.left, self.right, removed, added, changed)
        return [
            *self._not_compared(),
            *converted,
            *self._renamed(),
            *(
                self._of_object(entry, "removed")
                for entry in removed.values()
                if not context.is_derived(entry, removed)
            ),
            *(
                self._of_object(entry, "added")
                for entry in added.values()
                if not context.is_derived(entry, added)
            ),
            *(
                Difference.of(key, "changed", name, *_with_serial(context.serial(key), name, values))
                for key, attributes in changed.items()
                for name, values in attributes.items()
                if not context.is_derived_attribute(key, name, values)
            ),
        ]

    def column_orders(self) -> list[Difference]:
        """Return the tables whose common columns have another order."""
        differences = []
        tables = [key for key in self.left if key.kind in ("table", "foreign_table") and key in self.right]
        for key in tables:
            entry, other = self.left[key], self.right[key]
            if entry.properties.get(COLUMN_ORDER) == other.properties.get(COLUMN_ORDER):
                continue
            names = {
                rename.old_name: rename.new_name
                for rename in self.renames.applied
                if rename.table == key and not isinstance(rename, Exchange)
            }
            left = [names.get(name, name) for name in entry.properties.get(COLUMN_ORDER, ())]
            right = list(other.properties.get(COLUMN_ORDER, ()))
            common = set(left) & set(right)
            left, right = [n for n in left if n in common], [n for n in right if n in common]
            if left != right:
                differences.append(Difference.of(key, "changed", COLUMN_ORDER, tuple(left), tuple(right)))
        return differences

    def _not_compared(self) -> list[Difference]:
        """Objects of a class that the reader does not know are never equal, even when both sides have them."""
        unknown = {key for side in (self.left, self.right) for key in side if key.kind == "not_compared"}
        for key in unknown:
            self.left.pop(key, None)
            self.right.pop(key, None)
        return [Difference.of(key, "changed", "kind", "unknown", "unknown") for key in unknown]

    def _of_object(self, entry: Object, change: str) -> Difference:
        attribute = derived_differences.only_attribute(entry)
        value: Value = entry.properties[attribute] if attribute else dict(entry.properties)
        sides = (value, None) if change == "removed" else (None, value)
        return Difference.of(entry.key, change, attribute, *sides)

    def _renamed(self) -> list[Difference]:
        not_reported = GENERATED_NAMES if self.options.generated_names else frozenset()
        return [
            Difference.of(rename.old, "changed", rename.attribute, *rename.values)
            for rename in self.renames.applied
            if rename.kind not in not_reported
            and not isinstance(rename, ExtensionMove)
            and not self._moved_with_table(rename)
            and not self._inherited(rename)
        ]

    def _inherited(self, rename: Rename) -> bool:
        """Return whether the object was renamed with the one of the parent table that it is inherited from."""
        parents = {key for key in self.right[rename.new].parents if key.kind == rename.kind}
        return any(other.new in parents and other.values == rename.values for other in self.renames.applied)

    def _moved_with_table(self, rename: Rename) -> bool:
        """Return whether a sequence was moved to another schema with the table that owns it."""
        if rename.attribute != "schema" or rename.kind != "sequence":
            return False
        tables = {str(moved.new) for moved in self.renames.applied if moved.attribute == "schema"}
        return any(key.kind == "column" and key.container in tables for key in self.right[rename.new].parents)

    def _converted_unique_constraints(
        self, removed: dict[Identity, Object], added: dict[Identity, Object]
    ) -> list[Difference]:
        """Return unique constraints that became unique indexes, and the reverse, as one difference each."""
        differences = []
        for here, there, words in (
            (removed, added, ("unique constraint", "unique index")),
            (added, removed, ("unique index", "unique constraint")),
        ):
            for key, entry in list(here.items()):
                if key.kind != "constraint" or entry.properties.get("kind") != "unique":
                    continue
                match = derived_differences.equal_unique_index(
                    entry, there, by_meaning=self.options.unique_index_as_constraint
                )
                if match:
                    del here[key], there[match]
                    if not self.options.unique_index_as_constraint:
                        differences.append(Difference.of(key, "changed", "kind", *words))
        return differences
