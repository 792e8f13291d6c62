"""What all object classes share while a database is read: addresses, identities, entries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from verification.schema.model.schema import Entry, Key, Value

Address: TypeAlias = tuple[str, int, int]
"""Catalog (``pg_class``), OID in it, column number or 0: how PostgreSQL itself points at an object."""

FIRST_USER_OID: Final = 16384
"""Objects below it came with the server (FirstNormalObjectId; pg_dump draws the same line)."""

PUBLIC_OID: Final = 2200
"""Of the schema ``public`` that every database begins with, under whatever name."""

USER_NAMESPACE: Final = r"n.nspname !~ '^pg_(toast|temp_|toast_temp_)'"
"""Condition on pg_namespace n: what is no session's own and no table's out-of-line storage."""


CACHE_OPTION: Final = "pg_attver="
"""Column option that servers of late 2026 (seen in 15.20) write at each change of a column's type for
their own caches; their pg_dump leaves it out, and so does this reader."""


def column_options(options: Iterable[str] | None) -> tuple[str, ...]:
    """Return a column's options in order, without the server's own stamp."""
    return tuple(sorted(option for option in options or () if not option.startswith(CACHE_OPTION)))


@lru_cache(maxsize=4096)
def numbers(text: str | None) -> tuple[int, ...]:
    """Return the numbers that a vector (``1 2``) or an array (``{1,2}``) of a catalog has."""
    return tuple(map(int, text.strip("{}").replace(",", " ").split())) if text else ()


@lru_cache(maxsize=4096)
def parsed_json(text: str) -> Mapping[str, Any]:
    """Return the object that a JSON text stands for; of many thousand texts few are different."""
    return MappingProxyType(json.loads(text))


def frozen(value: Value) -> Value:
    """Make lists tuples, all the way down: an entry's values never change."""
    if isinstance(value, list):
        return tuple(frozen(each) for each in value)
    if isinstance(value, dict):
        return {key: frozen(each) for key, each in value.items()}
    return value


def without_nulls(names: Iterable[str], values: Iterable[Value]) -> dict[str, Value]:
    """Pair names with values and leave the defaults (None) out."""
    return {
        name: frozen(value) if isinstance(value, (list, dict)) else value
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


@dataclass
class Reader:
    """The state of one reading."""

    cursor: Any
    version: int
    entries: dict[Key, Entry] = field(default_factory=dict)
    addresses: dict[Address, Key] = field(default_factory=dict)
    owners: dict[Key, Key] = field(default_factory=dict)
    """An object without an entry of its own (the index of a constraint) -> whose entry describes it."""
    members: dict[tuple[str, int], Key] = field(default_factory=dict)
    """Catalog and OID of what an extension owns -> the extension."""
    dependents: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """Catalog and OID of what goes with extensions that do not own it -> their names."""
    columns: dict[int, dict[int, str]] = field(default_factory=dict)
    """Relation's OID -> attribute number -> name as SQL writes it."""
    column_types: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    """Relation's OID -> attribute number -> OIDs of its type (a domain's base type) and its collation."""
    ancestors: dict[int, list[int]] = field(default_factory=dict)
    """OID of a table or an index -> those that it is inherited from, in order."""

    def rows(self, statement: str) -> Sequence[tuple[Any, ...]]:
        """Run one query."""
        self.cursor.execute(statement)
        return self.cursor.fetchall()  # type: ignore[no-any-return]

    def since(self, version: int, expression: str, otherwise: str = "NULL") -> str:
        """Return an expression that only servers from ``version`` on understand."""
        return expression if self.version >= version else otherwise

    def add(
        self,
        catalog: str,
        oid: int,
        kind: str,
        identity: str,
        attributes: Mapping[str, Value],
        *parents: Key,
        uses: tuple[Key, ...] = (),
    ) -> Entry:
        """Record one object; what an extension owns goes with the extension."""
        member = self.members.get((catalog, oid)) if self.members else None
        if member:
            parents = (*parents, member)
            attributes = {**attributes, "extension": member[1]}
        entry = Entry(kind, identity, attributes, parents, uses)
        key = (kind, identity)
        self.addresses[catalog, oid, 0] = key
        self.entries[key] = entry
        return entry

    def alias(self, catalog: str, oid: int, key: Key, owner: Key, column: int = 0) -> None:
        """Name an object that has no entry of its own, so that comments and grants find it."""
        self.addresses[catalog, oid, column] = key
        self.owners[key] = owner

    def not_compared(self, what: str) -> None:
        """Record what this reader does not know: never silently equal."""
        self.entries["not_compared", what] = Entry("not_compared", what, {})

    def names(self, relation: int, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the names of a relation's columns."""
        columns = self.columns[relation]
        return tuple(columns[number] for number in numbers)

    def column_keys(self, relation: int, numbers: Iterable[int]) -> list[Key]:
        """Return the keys of a relation's columns, without what is none (an expression stands as 0)."""
        addresses = self.addresses
        places = [("pg_class", relation, number) for number in numbers if number]
        return [addresses[place] for place in places if place in addresses]
