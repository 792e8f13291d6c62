"""The model of a schema: every object with its class, its identity and its attributes.

A ``Schema`` is plain data without OIDs or attribute numbers, in which two equal databases may differ.
An attribute with PostgreSQL's default value is absent, so that it does not matter whether the default
was written out.
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
    """Identity, quoted where SQL needs it; that of a table's column, index or constraint begins with the table's."""
    attributes: Mapping[str, Value]
    """Attribute -> value; an absent attribute has PostgreSQL's default."""
    parents: tuple[Key, ...] = ()
    """Objects whose removal also removes this one: its table, its columns, the object it is inherited from."""
    uses: tuple[Key, ...] = ()
    """Columns that a view, a rule, a policy or an SQL body reads: its text changes when one is renamed."""

    @property
    def key(self) -> Key:
        """Class and identity; unique in a schema."""
        return (self.kind, self.object)


@dataclass(frozen=True)
class Schema:
    """All objects of one database."""

    version: int
    """Major version of the server."""
    entries: Mapping[Key, Entry]
    context: Mapping[str, Value] = field(default_factory=dict)
    """Properties of the database that no migration sets: encoding, collation, locale provider."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, kind: str, name: str) -> Entry | None:
        """Return the object of this class and identity, or None."""
        return self.entries.get((kind, name))

    def of_kind(self, *kinds: str) -> Iterator[Entry]:
        """Yield the objects of these classes."""
        return (entry for entry in self if entry.kind in kinds)
