"""What a database looks like: every object as its class, its identity and its attributes.

A ``Schema`` is plain data: no OID, no attribute number, nothing that two equal databases
could have by chance. An attribute that holds PostgreSQL's default is absent, so that a
default written out and a default left out are one thing (schema-objects: harmless differences).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = Any
"""``str | int | float | bool | None``, tuples of them and dictionaries from text to them."""

Key: TypeAlias = tuple[str, str]
"""Object class in the singular (``index``) and identity (``public.orders.orders_status_idx``)."""


class Entry(NamedTuple):
    """One object of a database."""

    kind: str
    """PostgreSQL's object class in the singular: ``table``, ``materialized_view``, ``policy`` ..."""
    object: str
    """Identity, quoted where SQL needs it; what belongs to a table begins with the table's."""
    attributes: Mapping[str, Value]
    """Attribute -> value; absent: PostgreSQL's default. An absent flag is the other value."""
    parents: tuple[Key, ...] = ()
    """What it cannot outlive: its table, its columns, the object that it is inherited from."""
    uses: tuple[Key, ...] = ()
    """Columns that the text of a view, a rule, a policy or an SQL body reads: it changes when one is renamed."""

    @property
    def key(self) -> Key:
        """The identity that no other object of the schema has."""
        return (self.kind, self.object)


@dataclass(frozen=True)
class Schema:
    """All objects of one database."""

    version: int
    """Major version of the server, 14 to 18."""
    entries: Mapping[Key, Entry]
    context: Mapping[str, Value] = field(default_factory=dict)
    """What the database stands on and no migration sets: encoding, collation, locale provider."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, kind: str, name: str) -> Entry | None:
        """Give the object of this class and identity, None when there is none."""
        return self.entries.get((kind, name))

    def of_kind(self, *kinds: str) -> Iterator[Entry]:
        """Give the objects of these classes."""
        return (entry for entry in self if entry.kind in kinds)
