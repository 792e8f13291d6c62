"""The state of one reading, shared by all modules that read: addresses, names, entries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias, TypeVar

from ...postgres import driver
from ..model.identity import Identity
from ..model.objects import Names, Value

Address: TypeAlias = tuple[str, int, int]
"""Catalog (``pg_class``), OID, column number or 0: as in pg_depend."""

FIRST_USER_OID: Final = 16384
"""Objects with a lower OID came with the server: FirstNormalObjectId in PostgreSQL's access/transam.h.

https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT
"""

PUBLIC_OID: Final = 2200
"""OID of the schema ``public`` that initdb creates; a rename does not change it."""

USER_NAMESPACE: Final = r"n.nspname !~ '^pg_(toast|temp_|toast_temp_)'"
"""Condition on pg_namespace n that excludes temporary and TOAST schemas."""

CACHE_OPTION: Final = "pg_attver="
"""Prefix of an option in pg_attribute.attoptions that PostgreSQL 15.20 writes itself when a column changes
its type (``SELECT attoptions FROM pg_attribute`` after ALTER COLUMN TYPE shows it). No user sets it, and the
pg_dump of 15.20 omits it."""


def column_options(options: Iterable[str] | None) -> tuple[str, ...]:
    """Return a column's options sorted, without the one that the server writes itself."""
    return tuple(sorted(option for option in options or () if not option.startswith(CACHE_OPTION)))


@lru_cache(maxsize=4096)
def numbers(text: str | None) -> tuple[int, ...]:
    """Return the numbers of an int2vector (``1 2``) or an array (``{1,2}``)."""
    return tuple(map(int, text.strip("{}").replace(",", " ").split())) if text else ()


@lru_cache(maxsize=4096)
def parsed_json(text: str) -> Mapping[str, Value]:
    """Return the object of a JSON text; cached, because few of many thousand texts are different."""
    return MappingProxyType({name: frozen(value) for name, value in json.loads(text).items()})


def frozen(value: "Value | list[Value]") -> Value:
    """Return a value with tuples in place of lists, at every level."""
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return value


def texts(value: "Value | list[Value]") -> Names:
    """Return a list of texts; empty for None."""
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def integers(value: Value) -> tuple[int, ...]:
    """Return a list of numbers; empty for None."""
    return tuple(int(str(each)) for each in value) if isinstance(value, tuple) else ()


class Record(dict[str, Value]):
    """One row of a result: column -> value, with tuples in place of lists; NULL, PostgreSQL's default, is absent."""

    def take_number(self, name: str) -> int:
        """Remove a column and return its number, 0 for NULL."""
        value = self.pop(name, 0)
        return value if isinstance(value, int) else 0

    def take_text(self, name: str) -> str:
        """Remove a column and return its text, empty for NULL."""
        return str(self.pop(name, ""))


Row = TypeVar("Row", bound=NamedTuple)


class Result(NamedTuple):
    """What one statement returns."""

    names: tuple[str, ...]
    types: tuple[int, ...]
    """OID of each column's type."""
    rows: Sequence[driver.Row]


class Results(NamedTuple):
    """What all statements of one reading return."""

    version: int
    """Major version of the server."""
    of: Mapping[str, Result]
    """Statement -> its result."""


class Draft(NamedTuple):
    """An object while it is read: several catalogs describe it."""

    identity: Identity
    attributes: dict[str, Value]
    parents: tuple[Identity, ...] = ()
    uses: tuple[Identity, ...] = ()


@dataclass
class Reader:
    """The state of one reading."""

    results: Results
    entries: dict[Identity, Draft] = field(default_factory=dict)
    addresses: dict[Address, Identity] = field(default_factory=dict)
    owners: dict[Identity, Identity] = field(default_factory=dict)
    """Object without an entry of its own (the index of a constraint) -> the object with the entry."""
    members: dict[tuple[str, int], Identity] = field(default_factory=dict)
    """Catalog and OID of an extension's member -> the extension."""
    dependents: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """Catalog and OID of an object that DEPENDS ON EXTENSION -> names of the extensions."""
    columns: dict[int, dict[int, str]] = field(default_factory=dict)
    """OID of a relation -> attribute number -> name, quoted where SQL needs it."""
    column_types: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    """OID of a relation -> attribute number -> OIDs of its type (a domain's base type) and collation."""
    ancestors: dict[int, list[int]] = field(default_factory=dict)
    """OID of a table or an index -> OIDs of its parents, in order."""

    catalogs: set[str] = field(default_factory=set)
    """Catalogs that a ``Query`` has read."""

    @property
    def version(self) -> int:
        """Major version of the server."""
        return self.results.version

    def rows(self, statement: str) -> Sequence[driver.Row]:
        """Return the rows of one query."""
        return self.results.of[statement].rows

    def named(self, row: type[Row], statement: str) -> list[Row]:
        """Return the rows of one query with names; ``row``: a class with a field for each column, in order."""
        names, _, rows = self.results.of[statement]
        if rows and names != row._fields:
            raise TypeError(f"{row.__qualname__} has the fields {row._fields}, and the query returns {names}")
        return [tuple.__new__(row, values) for values in rows]

    def records(self, statement: str) -> list[Record]:
        """Return the rows of one query as column -> value."""
        names, _, rows = self.results.of[statement]
        records = [
            Record({name: value for name, value in zip(names, values, strict=True) if value is not None})
            for values in rows
        ]
        for name, column in zip(names, zip(*rows), strict=False):  # noqa: B905 - no rows, no columns
            if not {list, dict}.isdisjoint(map(type, column)):
                for record in records:
                    if name in record:
                        record[name] = frozen(record[name])
        return records

    def since(self, version: int, expression: str, otherwise: str = "NULL") -> str:
        """Return an expression that servers before ``version`` do not know, or ``otherwise`` for them."""
        return expression if self.version >= version else otherwise

    def add(
        self,
        catalog: str,
        oid: int,
        identity: Identity,
        attributes: dict[str, Value],
        *parents: Identity,
        uses: tuple[Identity, ...] = (),
    ) -> Draft:
        """Record one object; a member of an extension has the extension among its parents."""
        member = self.members.get((catalog, oid)) if self.members else None
        if member:
            parents = (*parents, member)
            attributes["extension"] = member.name
        entry = Draft(identity, attributes, parents, uses)
        self.addresses[catalog, oid, 0] = identity
        self.entries[identity] = entry
        return entry

    def alias(self, catalog: str, oid: int, key: Identity, owner: Identity, column: int = 0) -> None:
        """Return an object without an entry of its own a key, by which comments and grants find ``owner``."""
        self.addresses[catalog, oid, column] = key
        self.owners[key] = owner

    def not_compared(self, what: str) -> None:
        """Record an object of an unknown class: it is never equal."""
        identity = Identity("not_compared", name=what)
        self.entries[identity] = Draft(identity, {})

    def names(self, relation: int, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the names of a relation's columns."""
        columns = self.columns[relation]
        return tuple(columns[number] for number in numbers)

    def column_keys(self, relation: int, numbers: Iterable[int]) -> list[Identity]:
        """Return the keys of a relation's columns; 0, which stands for an expression, is skipped."""
        addresses = self.addresses
        return [
            key for number in numbers if number and (key := addresses.get(("pg_class", relation, number)))
        ]
