"""Find renamed and moved objects.

A removed and an added object are one renamed object when they have the same attributes and neither has the
same attributes as a third one. An object with the same name in another schema is a moved one.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from typing import Final

from ..model.identity import ANNOTATIONS, IN_NO_SCHEMA, RELATIONS, Identity, renaming
from ..model.objects import Object, Value
from . import derived_differences, normalisation
from .extension_moves import find_extension_moves
from .options import Options
from .renames import COLUMN_ORDER, Pair, Rename, Renames

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


def changed_attributes(
    left: Object, right: Object, renames: Renames, options: Options
) -> dict[str, tuple[Value, Value]]:
    """Return attribute -> its two values, without those that the renames or another attribute explain."""
    changed = {}
    for name in left.properties.keys() | right.properties.keys():
        one, other = left.properties.get(name), right.properties.get(name)
        if one == other:
            one = renames.rewritten(left, right, name, one)
        if one == other or name == COLUMN_ORDER:
            continue
        meaning = left.meaning(name)
        if (
            not (options.generated_names and meaning.generated_name and one and other)
            and not normalisation.same(meaning, one, other, options)
            and not renames.explains(left, name, one, other)
        ):
            changed[name] = (_complete(one, other), _complete(other, one))
    return derived_differences.without_implied(left, right, changed)


def find_renames(pair: Pair, options: Options) -> Pair:
    """Return the pair with all renames applied: first the containers', then those of what they contain."""
    if pair.left.keys() == pair.right.keys():
        return pair
    pair = pair.after(find_extension_moves(pair.left, pair.right))
    for kinds in KIND_ORDER:
        for location in (_container, _name_in_schema):
            pair = pair.after(_renames(pair, kinds, location, options))
    return pair


def _renames(
    pair: Pair, kinds: frozenset[str] | None, location: Location, options: Options
) -> Iterable[Rename]:
    """Return the renames of these classes within one location."""
    removed = _candidates(pair.left, pair.right, kinds)
    added = _candidates(pair.right, pair.left, kinds)
    if location is _name_in_schema:
        removed, added = _movable(removed, pair.left), _movable(added, pair.right)
    if not removed or not added:
        return ()
    equivalent = partial(_equivalent, pair, options)
    matches: list[tuple[Object, Object]] = []
    if options.generated_names and location is _container:
        by_meaning = [entry for entry in removed if entry.key.kind in GENERATED_NAMES]
        matches = pairs(by_meaning, added, equivalent, location, ambiguous=True)
        taken = {old.key for old, _ in matches}
        removed = [entry for entry in removed if entry.key not in taken]
    matches += pairs(removed, added, equivalent, location)
    return [_rename(old, new) for old, new in matches]


def _equivalent(pair: Pair, options: Options, left: Object, right: Object) -> bool:
    guess = _rename(left, right)
    if left.key.kind in RELATIONS and not _columns_equivalent(pair, left, right, guess):
        return False
    if left.key.kind == "schema" and not _contents_equivalent(pair, left, right, guess):
        return False
    return not changed_attributes(left, right, Renames((*pair.renames.applied, guess)), options)


def _columns_equivalent(pair: Pair, left: Object, right: Object, rename: Rename) -> bool:
    names = left.names_of(COLUMN_ORDER)
    if set(names) != set(right.names_of(COLUMN_ORDER)):
        return False
    guess = Renames((rename,))
    for name in names:
        one, other = pair.left[left.key.part("column", name)], pair.right[right.key.part("column", name)]
        for attribute in one.properties.keys() | other.properties.keys():
            a, b = one.properties.get(attribute), other.properties.get(attribute)
            # A serial's sequence may have been renamed along with its table.
            ours = attribute == "default" or one.meaning(attribute).generated_name
            if a != b and not ours and not guess.explains(one, attribute, a, b):
                return False
    return True


def _contents_equivalent(pair: Pair, left: Object, right: Object, rename: Rename) -> bool:
    """Return whether two schemas hold objects of the same classes and names."""
    new = renaming([rename], pair.left)
    renamed = {new(entry.key) for entry in _contents(pair.left, left.key)}
    return renamed == {entry.key for entry in _contents(pair.right, right.key)}


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
