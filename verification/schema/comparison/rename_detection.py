"""Find renamed and moved objects.

A removed and an added object are one renamed object when they have the same attributes and neither has the
same attributes as a third one. An object with the same name in another schema is a moved one.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Final

from ..model.identity import ANNOTATIONS, IN_NO_SCHEMA, RELATIONS, Identity, renaming
from ..model.objects import Object, Value
from ..model.schema import apply_renames
from . import derived_differences, normalisation
from .extension_moves import find_extension_moves
from .options import Options
from .renames import COLUMN_ORDER, Rename, Renames

GENERATED_NAMES: Final = frozenset({"constraint", "index", "sequence"})
"""Classes whose names Django and PostgreSQL generate."""
KIND_ORDER: Final = (
    frozenset({"schema"}),
    RELATIONS,
    frozenset({"column"}),
    frozenset({"sequence", "type"}),
    None,
)
"""Classes in the order in which they are paired: containers come before what they contain; None: all others."""

Equivalent = Callable[[Object, Object], bool]
Location = Callable[[Object], Identity]


class Attributes:
    """Compares the attributes of two objects; a change that the renames explain is none."""

    def __init__(self, renames: Renames, options: Options) -> None:
        self.renames = renames
        self.options = options

    def changed(self, left: Object, right: Object) -> dict[str, tuple[Value, Value]]:
        """Return attribute -> its two values, without the derived ones."""
        changed = {}
        for name in left.properties.keys() | right.properties.keys():
            one, other = left.properties.get(name), right.properties.get(name)
            if one == other or name == COLUMN_ORDER or self._is_same(left, name, one, other):
                continue
            changed[name] = (_complete(one, other), _complete(other, one))
        return derived_differences.without_derived(left, right, changed)

    def _is_same(self, entry: Object, name: str, one: Value, other: Value) -> bool:
        meaning = entry.meaning(name)
        if self.options.generated_names and meaning.generated_name and one and other:
            return True
        return normalisation.same(meaning, one, other, self.options) or self.renames.explains(
            entry, name, one, other
        )


def find_renames(
    left: Mapping[Identity, Object], right: Mapping[Identity, Object], options: Options
) -> tuple[dict[Identity, Object], Renames]:
    """Return the entries of the left with the names of the right, and the renames."""
    detection = _RenameDetection(dict(left), right, options)
    detection.apply(find_extension_moves(left, right))
    for kinds in KIND_ORDER:
        detection.pair(kinds, _container)
        detection.pair(kinds, _name_in_schema)
    return detection.left, detection.renames


class _RenameDetection:
    def __init__(
        self, left: dict[Identity, Object], right: Mapping[Identity, Object], options: Options
    ) -> None:
        self.left = left
        self.right = right
        self.options = options
        self.renames = Renames()

    def pair(self, kinds: frozenset[str] | None, location: Location) -> None:
        """Find the renames of these classes within one location, and apply them."""
        removed = _candidates(self.left, self.right, kinds)
        added = _candidates(self.right, self.left, kinds)
        if location is _name_in_schema:
            removed, added = _movable(removed, self.left), _movable(added, self.right)
        if not removed or not added:
            return
        matches: list[tuple[Object, Object]] = []
        if self.options.generated_names and location is _container:
            by_meaning = [entry for entry in removed if entry.key.kind in GENERATED_NAMES]
            matches = pairs(by_meaning, added, self._equivalent, location, ambiguous=True)
            taken = {old.key for old, _ in matches}
            removed = [entry for entry in removed if entry.key not in taken]
        matches += pairs(removed, added, self._equivalent, location)
        self.apply(_rename(old, new) for old, new in matches)

    def apply(self, renames: Iterable[Rename]) -> None:
        """Return the entries of the left the names that they have after these renames."""
        new = list(renames)
        if new:
            self.left = apply_renames(self.left, new)
            self.renames.applied += new

    def _equivalent(self, left: Object, right: Object) -> bool:
        guess = _rename(left, right)
        if left.key.kind in RELATIONS and not self._columns_equivalent(left, right, guess):
            return False
        if left.key.kind == "schema" and not self._contents_equivalent(left, right, guess):
            return False
        renames = Renames([*self.renames.applied, guess])
        return not Attributes(renames, self.options).changed(left, right)

    def _columns_equivalent(self, left: Object, right: Object, rename: Rename) -> bool:
        names = left.properties.get(COLUMN_ORDER, ())
        if set(names) != set(right.properties.get(COLUMN_ORDER, ())):
            return False
        guess = Renames([rename])
        for name in names:
            one = self.left[left.key.part("column", name)]
            other = self.right[right.key.part("column", name)]
            for attribute in one.properties.keys() | other.properties.keys():
                a, b = one.properties.get(attribute), other.properties.get(attribute)
                # A serial's sequence may have been renamed along with its table.
                ours = attribute == "default" or one.meaning(attribute).generated_name
                if a != b and not ours and not guess.explains(one, attribute, a, b):
                    return False
        return True

    def _contents_equivalent(self, left: Object, right: Object, rename: Rename) -> bool:
        """Return whether two schemas hold objects of the same classes and names."""
        new = renaming([rename], self.left)
        renamed = {new(entry.key) for entry in _contents(self.left, left.key)}
        return renamed == {entry.key for entry in _contents(self.right, right.key)}


def _contents(side: Mapping[Identity, Object], schema: Identity) -> Iterable[Object]:
    return (
        entry for entry in side.values() if schema in entry.parents and entry.key.kind not in IN_NO_SCHEMA
    )


def _candidates(
    here: Mapping[Identity, Object], there: Mapping[Identity, Object], kinds: frozenset[str] | None
) -> list[Object]:
    return [
        entry
        for key, entry in here.items()
        if key not in there
        and (entry.key.kind in kinds if kinds else entry.key.kind not in RELATIONS | ANNOTATIONS | {"column"})
        and entry.key.kind not in derived_differences.NEVER_RENAMED
    ]


def _movable(entries: Iterable[Object], side: Mapping[Identity, Object]) -> list[Object]:
    """Return the entries that belong to a schema directly: not to a table, and not to an extension."""
    return [
        entry
        for entry in entries
        if "extension" not in entry.properties
        and not entry.key.relation
        and Identity("schema", name=entry.key.schema) in side
    ]


def _rename(old: Object, new: Object) -> Rename:
    table = new.parents[0] if new.parents and new.key.kind in ("column", "index", "constraint") else None
    return Rename(old.key, new.key, table)


def _container(entry: Object) -> Identity:
    """Return the class and the table or schema that holds the object: where a renamed one is looked for."""
    identity = entry.key
    return identity if identity.target else identity._replace(name="", arguments="")


def _name_in_schema(entry: Object) -> Identity:
    """Return the class and the name without the schema: what a moved object keeps."""
    return entry.key._replace(schema="")


def pairs(
    removed: Iterable[Object],
    added: Iterable[Object],
    equivalent: Equivalent,
    location: Location,
    *,
    ambiguous: bool = False,
) -> list[tuple[Object, Object]]:
    """Return pairs of equivalent entries with the same location.

    An entry that is equivalent to several is left out, unless ``ambiguous``: then names decide, in order.
    """
    left: dict[Identity, list[Object]] = {}
    for entry in removed:
        left.setdefault(location(entry), []).append(entry)
    right: dict[Identity, list[Object]] = {}
    for entry in added:
        if (where := location(entry)) in left:
            right.setdefault(where, []).append(entry)
    matched = []
    for where, candidates in right.items():
        others = left[where]
        matches = {old.key: [new for new in candidates if equivalent(old, new)] for old in others}
        taken: set[Identity] = set()
        for old in sorted(others, key=attrgetter("key")):
            free = [new for new in matches[old.key] if new.key not in taken]
            alone = len(free) == 1 and sum(free[0] in candidates for candidates in matches.values()) == 1
            if alone or (ambiguous and free):
                new = min(free, key=attrgetter("key"))
                taken.add(new.key)
                matched.append((old, new))
    return matched


def _complete(value: Value, other: Value) -> Value:
    """Return the value to show: where one side has a flag and the other has not, the other is its opposite."""
    return not other if value is None and isinstance(other, bool) else value
