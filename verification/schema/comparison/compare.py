"""Compare two schemas and return their differences. Nothing else in the project decides what equal means.

One cause is one difference. Not reported again are: objects that PostgreSQL drops together with a table
or a column, texts that a rename changes in other objects, and what a partition inherits from its parent.
Everything that could have changed on its own is reported.

``compare_schemas`` is a pipeline of functions that change nothing they are given: ``without_unknown``,
``find_renames`` and ``find_exchanges`` return a ``Pair`` whose left side has the names of the right one,
``find_changes`` all that differs between the two, ``reported`` what is left without the derived differences.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from ...errors import CannotRun
from ..model.objects import CLASSES, Object, Value, attribute_names
from ..model.schema import Schema
from . import derived_differences, versions
from .derived_differences import DiffContext
from .difference import Difference
from .exchanges import Exchange, find_exchanges
from .extension_moves import ExtensionMove
from .options import Options
from .rename_detection import GENERATED_NAMES, changed_attributes, find_renames
from .renames import COLUMN_ORDER, Pair, Rename

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
    information = derived_differences.context_differences(left, right)
    differences: list[Difference] = []
    # The common case, at a third of the cost: nothing differs, not even information.
    if left.entries != right.entries or any(key.kind == "not_compared" for key in left.entries):
        pair, differences = without_unknown(Pair(left.entries, right.entries))
        pair = find_renames(pair, options)
        if exchanges:
            pair = find_exchanges(pair, options)
        found, converted = without_conversions(find_changes(pair, options), options)
        differences += [*converted, *renamed(pair, options), *reported(found)]
        if options.column_order != "ignore":
            (differences if options.column_order == "difference" else information).extend(column_orders(pair))
    return Comparison(
        sorted((difference for difference in differences if counts(difference, options)), key=_order),
        sorted((difference for difference in information if counts(difference, options)), key=_order),
        notes,
    )


def check_ignored(words: frozenset[str], *schemas: Schema) -> None:
    """Raise ``CannotRun`` for a word that is no object class or attribute: it would ignore nothing, silently."""
    if not words:
        return
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


def without_unknown(pair: Pair) -> tuple[Pair, list[Difference]]:
    """Return the pair without objects of a class that the reader does not know, which are never equal."""
    unknown = {key for side in (pair.left, pair.right) for key in side if key.kind == "not_compared"}
    left, right = (
        {key: entry for key, entry in side.items() if key not in unknown} if unknown else side
        for side in (pair.left, pair.right)
    )
    return Pair(left, right), [Difference.of(key, "changed", "kind", "unknown", "unknown") for key in unknown]


def find_changes(pair: Pair, options: Options) -> DiffContext:
    """Return all that differs, the derived differences included."""
    left, right = pair.left, pair.right
    changed = {
        key: attributes
        for key, entry in left.items()
        if (other := right.get(key))
        and entry != other
        and (attributes := changed_attributes(entry, other, pair.renames, options))
    }
    removed = {key: left[key] for key in left.keys() - right.keys()}
    added = {key: right[key] for key in right.keys() - left.keys()}
    return DiffContext(left, right, removed, added, changed)


def without_conversions(found: DiffContext, options: Options) -> tuple[DiffContext, list[Difference]]:
    """Take out unique constraints that became unique indexes, and the reverse; return them as one difference each."""
    removed, added = dict(found.removed), dict(found.added)
    differences = []
    for here, there, words in (
        (removed, added, ("unique constraint", "unique index")),
        (added, removed, ("unique index", "unique constraint")),
    ):
        for key, entry in list(here.items()):
            if key.kind != "constraint" or entry.properties.get("kind") != "unique":
                continue
            match = derived_differences.equal_unique_index(
                entry, there, by_meaning=options.unique_index_as_constraint
            )
            if match:
                del here[key], there[match]
                if not options.unique_index_as_constraint:
                    differences.append(Difference.of(key, "changed", "kind", *words))
    return replace(found, removed=removed, added=added), differences


def reported(found: DiffContext) -> list[Difference]:
    """Return what differs, without the derived differences."""
    return [
        *(
            _of_object(entry, change)
            for change, gone in (("removed", found.removed), ("added", found.added))
            for entry in gone.values()
            if not found.is_derived(entry, gone)
        ),
        *(
            Difference.of(key, "changed", name, *_with_serial(found.serial(key), name, values))
            for key, attributes in found.changed.items()
            for name, values in attributes.items()
            if not found.is_derived_attribute(key, name, values)
        ),
    ]


def column_orders(pair: Pair) -> list[Difference]:
    """Return the tables whose common columns have another order."""
    differences = []
    for key, entry in pair.left.items():
        if key.kind not in ("table", "foreign_table") or key not in pair.right:
            continue
        orders = [side.names_of(COLUMN_ORDER) for side in (entry, pair.right[key])]
        if orders[0] == orders[1]:
            continue
        names = {
            rename.old_name: rename.new_name
            for rename in pair.renames.applied
            if rename.table == key and not isinstance(rename, Exchange)
        }
        orders[0] = tuple(names.get(name, name) for name in orders[0])
        common = set(orders[0]) & set(orders[1])
        left, right = (tuple(name for name in order if name in common) for order in orders)
        if left != right:
            differences.append(Difference.of(key, "changed", COLUMN_ORDER, left, right))
    return differences


def renamed(pair: Pair, options: Options) -> list[Difference]:
    """Return the renames, without those that PostgreSQL makes itself together with another one."""
    not_reported = GENERATED_NAMES if options.generated_names else frozenset()
    return [
        Difference.of(rename.old, "changed", rename.attribute, *rename.values)
        for rename in pair.renames.applied
        if rename.kind not in not_reported
        and not isinstance(rename, ExtensionMove)
        and not _moved_with_table(pair, rename)
        and not _inherited(pair, rename)
    ]


def _of_object(entry: Object, change: str) -> Difference:
    attribute = derived_differences.only_attribute(entry)
    value: Value = entry.properties[attribute] if attribute else dict(entry.properties)
    sides = (value, None) if change == "removed" else (None, value)
    return Difference.of(entry.key, change, attribute, *sides)


def _inherited(pair: Pair, rename: Rename) -> bool:
    """Return whether the object was renamed with the one of the parent table that it is inherited from."""
    parents = {key for key in pair.right[rename.new].parents if key.kind == rename.kind}
    return any(other.new in parents and other.values == rename.values for other in pair.renames.applied)


def _moved_with_table(pair: Pair, rename: Rename) -> bool:
    """Return whether a sequence was moved to another schema with the table that owns it."""
    if rename.attribute != "schema" or rename.kind != "sequence":
        return False
    tables = {str(moved.new) for moved in pair.renames.applied if moved.attribute == "schema"}
    return any(key.kind == "column" and key.container in tables for key in pair.right[rename.new].parents)
