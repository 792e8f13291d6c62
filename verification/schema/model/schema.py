"""The model of a schema: every object with its identity and its attributes.

A ``Schema`` is plain data without OIDs or attribute numbers, in which two equal databases may differ.
An attribute with PostgreSQL's default value is absent, so that it does not matter whether the default
was written out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from .identity import Identity, Renaming, renaming

Value: TypeAlias = Any
"""``str | int | float | bool | None``, tuples of them and dictionaries from text to them."""


class Entry(NamedTuple):
    """One object of a database."""

    identity: Identity
    attributes: Mapping[str, Value]
    """Attribute -> value; an absent attribute has PostgreSQL's default."""
    parents: tuple[Identity, ...] = ()
    """Objects whose removal also removes this one: its table, its columns, the object it is inherited from."""
    uses: tuple[Identity, ...] = ()
    """Columns that a view, a rule, a policy or an SQL body reads: its text changes when one is renamed."""

    @property
    def kind(self) -> str:
        """The object class."""
        return self.identity.kind


@dataclass(frozen=True)
class Schema:
    """All objects of one database."""

    version: int
    """Major version of the server."""
    entries: Mapping[Identity, Entry]
    context: Mapping[str, Value] = field(default_factory=dict)
    """Properties of the database that no migration sets: encoding, collation, locale provider."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, kind: str, name: str) -> Entry | None:
        """Return the object of this class and qualified name, as a report prints it, or None."""
        return next((entry for entry in self.of_kind(kind) if str(entry.identity) == name), None)

    def of_kind(self, *kinds: str) -> Iterator[Entry]:
        """Yield the objects of these classes."""
        return (entry for entry in self if entry.kind in kinds)


def apply_renames(entries: Mapping[Identity, Entry], renames: Iterable[Renaming]) -> dict[Identity, Entry]:
    """Return all entries with their identities, parents and uses as after the renames; attributes do not change."""
    new = renaming(renames, entries)
    after = (
        entry._replace(
            identity=new(entry.identity),
            parents=tuple(map(new, entry.parents)),
            uses=tuple(map(new, entry.uses)),
        )
        for entry in entries.values()
    )
    return {entry.identity: entry for entry in after}
