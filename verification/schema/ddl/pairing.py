"""Which objects of two schemas are the same one, and what has changed of them."""

from functools import cached_property

from ..comparison.options import Options
from ..comparison.rename_detection import changed_attributes, find_renames
from ..comparison.renames import Pair
from ..model.identity import Identity
from ..model.objects import Value
from ..model.schema import Schema
from .dependencies import Graph, default_of
from .naming import PARTS, owner


class Pairing:
    """Two schemas, object by object."""

    def __init__(self, left: Schema, right: Schema) -> None:
        self.left, self.right = left, right
        self.before, self.after = Graph(left), Graph(right)
        options = Options()
        pair = find_renames(Pair(left.entries, right.entries), options)
        self.renames = pair.renames
        stay = {pair.origins.get(key, key): entry for key, entry in pair.left.items()}
        self.renamed = {**left.entries, **stay}
        """Identity on the left -> the entry with the names that it has after the renames."""
        self.partner = {key: entry.key for key, entry in stay.items() if entry.key in right.entries}
        other_arguments = {
            each.new for each in self.renames.applied if each.old.arguments != each.new.arguments
        }
        for key, new in list(self.partner.items()):
            if new in other_arguments:
                del self.partner[key]  # ALTER FUNCTION does not change them
            elif key.kind in PARTS and self.partner.get(owner(left.entries[key])) != owner(
                right.entries[new]
            ):
                del self.partner[key]  # a part of a table here, of a view there
        self.origin = {new: old for old, new in self.partner.items()}
        self.changed: dict[Identity, dict[str, tuple[Value, Value]]] = {}
        for old, new in self.partner.items():
            one, other = self.renamed[old], right.entries[new]
            if one != other and (changed := changed_attributes(one, other, self.renames, options)):
                self.changed[new] = changed
        self._pair_defaults()

    def _pair_defaults(self) -> None:
        """Pair the defaults of columns that stay: they are dropped and set by themselves."""
        for old, new in list(self.partner.items()):
            if old.kind != "column":
                continue
            here, there = default_of(old) in self.before.needs, default_of(new) in self.after.needs
            if here and there and "default" not in self.changed.get(new, {}):
                self.partner[default_of(old)] = default_of(new)
                self.origin[default_of(new)] = default_of(old)

    @cached_property
    def gone(self) -> set[Identity]:
        """What only the left has."""
        return {key for key in self.before.needs if key not in self.partner}

    @cached_property
    def new(self) -> set[Identity]:
        """What only the right has."""
        return {key for key in self.after.needs if key not in self.origin}

    @cached_property
    def moved(self) -> set[Identity]:
        """Tables of the left that stay and have other parents: partitions, and those that inherit."""
        return {
            old
            for old, new in self.partner.items()
            if old.kind == "table"
            and self.changed.get(new, {}).keys() & {"partition_of", "partition_bound", "inherits"}
        }
