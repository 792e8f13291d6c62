"""The model of a schema: every object by its identity.

A ``Schema`` is plain data without OIDs or attribute numbers, in which two equal databases may differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .identity import Identity, Renaming, renaming
from .objects import Object, Value


@dataclass(frozen=True)
class Schema:
    """All objects of one database."""

    version: int
    """Major version of the server."""
    entries: Mapping[Identity, Object]
    context: Mapping[str, Value] = field(default_factory=dict)
    """Properties of the database that no migration sets: encoding, collation, locale provider."""

    def __iter__(self) -> Iterator[Object]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, kind: str, name: str) -> Object | None:
        """Return the object of this class and qualified name, as a report prints it, or None."""
        return next((entry for entry in self.of_kind(kind) if str(entry.key) == name), None)

    def of_kind(self, *kinds: str) -> Iterator[Object]:
        """Yield the objects of these classes."""
        return (entry for entry in self if entry.key.kind in kinds)


def renamed(entries: Mapping[Identity, Object], renames: Iterable[Renaming]) -> dict[Identity, Object]:
    """Return identity -> entry with its identity, parents and uses as after the renames; attributes do not change.

    A part of a view whose name a renamed table takes is left out: it goes with the view.
    """
    new = renaming(renames, entries)
    after = {}
    for entry in entries.values():
        names = new(entry.key), tuple(map(new, entry.parents)), tuple(map(new, entry.uses))
        same = names == (entry.key, entry.parents, entry.uses)
        after[entry.key] = entry if same else entry.called(*names)
    taken = {entry.key for key, entry in after.items() if entry.key != key}
    return {key: entry for key, entry in after.items() if entry.key != key or key not in taken}


def apply_renames(entries: Mapping[Identity, Object], renames: Iterable[Renaming]) -> dict[Identity, Object]:
    """Return the renamed entries by the identities that they have then."""
    return {entry.key: entry for entry in renamed(entries, renames).values()}
