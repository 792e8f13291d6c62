"""What the options leave out of a comparison, left out of a script too: there the right schema is as the left one."""

from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema, apply_renames
from .compare import DEFAULTS, counts, find_changes, without_conversions
from .derived_differences import DiffContext, ancestors
from .difference import Difference
from .options import Options
from .rename_detection import GENERATED_NAMES, find_renames
from .renames import Pair, Rename


def accepted(left: Schema, right: Schema, options: Options) -> Schema:
    """Return the right schema with what the left has wherever their difference does not count."""
    if options == DEFAULTS:
        return right
    pair = find_renames(Pair(left.entries, right.entries), options)
    undone = [
        Rename(each.new, each.old, each.table) for each in pair.renames.applied if _keeps_name(each, options)
    ]
    theirs = apply_renames(right.entries, undone)
    pair = find_renames(Pair(left.entries, theirs), DEFAULTS)
    _take_values(pair, theirs, options)
    _take_objects(find_changes(pair, options), theirs, options)
    return Schema(right.version, theirs, right.context)


def _keeps_name(rename: Rename, options: Options) -> bool:
    if type(rename) is not Rename:
        return False  # an extension that moved to another schema
    generated = options.generated_names and rename.kind in GENERATED_NAMES
    return generated or not counts(Difference.of(rename.old, "changed", rename.attribute), options)


def _take_values(pair: Pair, theirs: dict[Identity, Object], options: Options) -> None:
    chosen = find_changes(pair, options).changed
    for key, attributes in find_changes(pair, DEFAULTS).changed.items():
        counted = {
            name for name in chosen.get(key, {}) if counts(Difference.of(key, "changed", name), options)
        }
        values = {name: pair.left[key].properties.get(name) for name in attributes if name not in counted}
        if values:
            theirs[key] = theirs[key].having({**theirs[key].properties, **values})


def _take_objects(found: DiffContext, theirs: dict[Identity, Object], options: Options) -> None:
    removed, added, whole = found.removed, found.added, dict(theirs)
    rest = without_conversions(found, options)[0] if options.unique_index_as_constraint else found
    kept = {
        key
        for key in removed
        if key not in rest.removed or not counts(Difference.of(key, "removed"), options)
    }
    new = {key for key in added if key not in rest.added or not counts(Difference.of(key, "added"), options)}
    back = {
        key for key, entry in removed.items() if not kept.isdisjoint({key, *ancestors(entry, found.left)})
    }
    # What is about an object that the script drops goes with it.
    theirs |= {
        key: removed[key] for key in back if removed.keys() & ancestors(removed[key], found.left) <= back
    }
    for key, entry in added.items():
        if not new.isdisjoint({key, *ancestors(entry, whole)}):
            del theirs[key]
