"""What the options leave out of a comparison, left out of a script too: there the right schema is as the left one."""

from collections.abc import Iterator, Mapping

from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema, apply_renames
from .compare import DEFAULTS, counts
from .derived_differences import ancestors, equal_unique_index
from .difference import Difference
from .options import Options
from .rename_detection import GENERATED_NAMES, Attributes, find_renames
from .renames import Rename

Entries = Mapping[Identity, Object]


def accepted(left: Schema, right: Schema, options: Options) -> Schema:
    """Return the right schema with what the left has wherever their difference does not count."""
    if options == DEFAULTS:
        return right
    _, renames = find_renames(left.entries, right.entries, options)
    undone = [
        Rename(each.new, each.old, each.table) for each in renames.applied if _keeps_name(each, options)
    ]
    theirs = apply_renames(right.entries, undone)
    ours, renames = find_renames(left.entries, theirs, DEFAULTS)
    _take_values(ours, theirs, Attributes(renames, DEFAULTS), Attributes(renames, options))
    _take_objects(ours, theirs, options)
    return Schema(right.version, theirs, right.context)


def _take_values(
    ours: Entries, theirs: dict[Identity, Object], strict: Attributes, chosen: Attributes
) -> None:
    for key in ours.keys() & theirs.keys():
        one, other = ours[key], theirs[key]
        counted = {
            name
            for name in chosen.changed(one, other)
            if counts(Difference.of(key, "changed", name), chosen.options)
        }
        values = {
            name: one.properties.get(name) for name in strict.changed(one, other) if name not in counted
        }
        if values:
            theirs[key] = other.having({**other.properties, **values})


def _take_objects(ours: Entries, theirs: dict[Identity, Object], options: Options) -> None:
    removed, added, whole = _missing(ours, theirs), _missing(theirs, ours), dict(theirs)
    same = set(_same_keys(removed, added)) if options.unique_index_as_constraint else set()
    kept = {key for key in removed if key in same or not counts(Difference.of(key, "removed"), options)}
    new = {key for key in added if key in same or not counts(Difference.of(key, "added"), options)}
    back = {key for key, entry in removed.items() if not kept.isdisjoint({key, *ancestors(entry, ours)})}
    # What is about an object that the script drops goes with it.
    theirs |= {key: removed[key] for key in back if removed.keys() & ancestors(removed[key], ours) <= back}
    for key, entry in added.items():
        if not new.isdisjoint({key, *ancestors(entry, whole)}):
            del theirs[key]


def _keeps_name(rename: Rename, options: Options) -> bool:
    if type(rename) is not Rename:
        return False  # an extension that moved to another schema
    generated = options.generated_names and rename.kind in GENERATED_NAMES
    return generated or not counts(Difference.of(rename.old, "changed", rename.attribute), options)


def _missing(here: Entries, there: Entries) -> dict[Identity, Object]:
    return {key: here[key] for key in here.keys() - there.keys()}


def _same_keys(removed: Entries, added: Entries) -> Iterator[Identity]:
    """Yield unique constraints and the unique indexes that stand for them on the other side."""
    for here, there in ((removed, added), (added, removed)):
        for key, entry in here.items():
            if key.kind == "constraint" and entry.properties.get("kind") == "unique":
                index = equal_unique_index(entry, there, by_meaning=True)
                if index is not None:
                    yield from (key, index)
