"""What stands in the way when an object is dropped or a column changes its type."""

from collections.abc import Iterable, Iterator

from ..model.identity import Identity
from ..model.schema import Schema
from . import support
from .definitions import is_own
from .dependencies import DEFAULT, default_of
from .naming import owner
from .pairing import Pairing

VIEWS = ("view", "materialized_view")


class Obstacles(Pairing):
    """What must be dropped with an object, and what must not be dropped."""

    def __init__(self, left: Schema, right: Schema) -> None:
        super().__init__(left, right)
        self.refused: set[Identity] = set()
        """Objects of the right that are not made or not changed."""
        self.kept: set[Identity] = set()
        """Objects of the left that are not dropped."""
        self.retyped: set[Identity] = set()
        """Columns of the right whose type changes."""
        self.replaced: set[Identity] = set()
        """Types of the right that are made under a new name beside the old one, since columns have them."""
        self.detached: set[Identity] = set()
        """Tables of the left that leave a parent."""

    def _closure(self, seeds: Iterable[Identity]) -> set[Identity] | None:
        """Return what must be dropped with some objects, or None if one of it must not be dropped."""
        found: set[Identity] = set()
        waiting = [(seed, False) for seed in seeds]
        while waiting:
            key, part = waiting.pop()
            if key in found:
                continue
            if not self._may_drop(key, part=part):
                return None
            found.add(key)
            waiting += [(above, False) for above in self._above(key) if above not in found]
            for each in self.before.dependents.get(key, ()):
                if not self._stays(each, key):
                    waiting.append((each, self.before.is_part(each, key)))
        return found

    def _above(self, key: Identity) -> Iterator[Identity]:
        """Yield what a partition's copy belongs to: PostgreSQL drops the copy with it only."""
        entry = self.left.entries.get(key)
        if (
            entry is None
            or entry.key.kind not in ("index", "constraint", "trigger")
            or owner(entry) in self.detached
        ):
            return
        if owner(entry) in self.gone or is_own(entry):
            return
        yield from (
            parent
            for parent in entry.parents
            if parent.kind == entry.key.kind and parent in self.left.entries
        )

    def _may_drop(self, key: Identity, *, part: bool) -> bool:  # noqa: PLR0911 - a list of cases
        if key in self.kept:
            return False
        if key.kind == DEFAULT:
            return self.partner.get(key) not in self.refused
        entry = self.left.entries.get(key)
        if entry is None:
            return True
        if support.is_member(entry) or entry.key.kind == "default_privileges":
            return key in self.gone
        if entry.key.kind == "constraint" and "partition_of" in entry.properties:
            return owner(entry) in self.gone | self.detached  # it goes with its table only
        new = self.partner.get(key)
        if new is None:
            return part or (entry.key.kind in support.KNOWN and not support.is_of_other_grantor(entry))
        if new in self.refused:
            return False
        if entry.key.kind == "column":
            return owner(entry)[0] in VIEWS or self._both_generated(key)
        return entry.key.kind in support.REBUILT and support.is_known(self.right.entries[new])

    def _both_generated(self, key: Identity) -> bool:
        sides = (self.left.entries[key], self.right.entries[self.partner[key]])
        return all("generated" in side.properties for side in sides)

    def _stays(self, key: Identity, needed: Identity) -> bool:  # noqa: PLR0911 - a list of cases
        """Return whether an object on the left needs no other one any longer when that is dropped."""
        new = self.partner.get(key)
        if key.kind == DEFAULT or new is None:
            return False
        entry = self.left.entries[key]
        if entry.key.kind == "table" and needed.kind == "table":
            return key in self.detached
        if key.kind == needed[0] and owner(entry) in self.detached and key.kind != "trigger":
            return True
        if entry.key.kind == "sequence" and needed.kind in ("column", "table"):
            return "owned_by" in self.changed.get(new, {})
        if needed.kind == "schema":
            return needed not in {self.origin.get(each) for each in self.after.needs.get(new, ())}
        if key.kind == "column" and (needed.kind in ("type", "extension") or self._is_of_extension(needed)):
            return new in self.retyped and needed not in self.after.needs.get(new, ())
        return False

    def _is_of_extension(self, key: Identity) -> bool:
        entry = self.left.entries.get(key)
        return entry is not None and support.is_member(entry)

    def _is_table_column(self, key: Identity) -> bool:
        entry = self.left.entries.get(key)
        return (
            entry is not None
            and entry.key.kind == "column"
            and owner(entry)[0] == "table"
            and key in self.partner
        )

    def _reads(self, key: Identity, column: Identity) -> bool:
        """Return whether an object must be made again when a column that it needs changes its type."""
        if key.kind == DEFAULT:
            return key == default_of(column) or key not in self.partner
        entry = self.left.entries[key]
        attributes = entry.properties
        if entry.key.kind == "constraint":
            return attributes["kind"] in ("check", "exclusion")
        if entry.key.kind == "index":
            return bool({"predicate", "operator_classes"} & set(attributes)) or any(
                owner(entry).part("column", each) not in self.left.entries for each in entry.names_of("keys")
            )
        if entry.key.kind == "column":
            return "generated" in attributes
        return entry.key.kind not in ("comment", "grant", "sequence", "security_label")
