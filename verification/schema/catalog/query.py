"""Object classes that are read with one query, one row for each object."""

from dataclasses import dataclass
from typing import Any, Final

from ..model.schema import Key, Value
from .reader import FIRST_USER_OID, USER_NAMESPACE, Reader, frozen, without_nulls


@dataclass(frozen=True)
class Query:
    """How one catalog is read.

    The statement's columns: OID, OID of the parent (NULL: none), identity, then the attributes by name, NULL
    for PostgreSQL's default. Three names mean something else: ``kind``, the object class; ``part_of``, OID of
    the type that created the object and describes it; ``parent CATALOG``, OIDs of further parents.
    """

    kind: str
    catalog: str
    statement: str
    parent: str = "pg_namespace"
    """Catalog of the parent."""
    since: int = 14
    secrets: tuple[str, ...] = ()
    """Attributes that are lists of ``name=value``, some of them secret."""


NAME: Final = "quote_ident(n.nspname) || '.' || quote_ident({})"


def named(column: str) -> str:
    """Return the SQL of a qualified name; the statement must have pg_namespace as ``n``."""
    return NAME.format(column)


def user_objects(oid: str = "o.oid") -> str:
    """Return the condition on objects that did not come with the server; needs pg_namespace as ``n``."""
    return f"{oid} >= {FIRST_USER_OID} AND {USER_NAMESPACE}"


def run(reader: Reader, query: Query) -> None:
    """Record all objects that one query returns."""
    if reader.version < query.since:
        return
    rows = reader.rows(query.statement)
    names = [column.name for column in reader.cursor.description][3:]
    for oid, parent, identity, *values in rows:
        attributes: dict[str, Value] = without_nulls(names, values)
        kind = attributes.pop("kind", query.kind)
        whole = reader.addresses.get(("pg_type", attributes.pop("part_of", 0), 0))
        if whole:
            reader.alias(query.catalog, oid, (kind, identity), whole)
            continue
        mask_secrets(attributes, query.secrets)
        keys = [reader.addresses.get((query.parent, parent, 0))] if parent else []
        keys += _further_parents(reader, attributes)
        parents = [key for key in dict.fromkeys(keys) if key]
        reader.add(query.catalog, oid, kind, identity, attributes, *parents)


def _further_parents(reader: Reader, attributes: dict[str, Value]) -> list[Key | None]:
    keys = []
    for name in [name for name in attributes if name.startswith("parent ")]:
        catalog = name.removeprefix("parent ")
        keys += [reader.addresses.get((catalog, oid, 0)) for oid in attributes.pop(name)]
    return keys


def mask_secrets(attributes: dict[str, Any], secrets: tuple[str, ...]) -> None:
    """Mask the secret options among an object's attributes."""
    from .secrets import masked

    for name in secrets:
        if name in attributes:
            attributes[name] = masked(frozen(attributes[name]))
