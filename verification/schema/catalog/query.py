"""The form that all less numerous object classes share: one query for each, one row for each object."""

from dataclasses import dataclass
from typing import Any, Final

from verification.schema.catalog.reader import FIRST_USER_OID, USER_NAMESPACE, Reader, frozen, without_nulls
from verification.schema.model.schema import Key, Value


@dataclass(frozen=True)
class Query:
    """How one catalog is read.

    The statement's columns: OID, OID of the object that it cannot outlive (NULL: none), identity,
    then the attributes by name, NULL where PostgreSQL's default holds. Three names mean something else:
    ``kind``, the object class; ``part_of``, OID of the type that made the object and describes it;
    ``parent CATALOG``, OIDs of further objects that it cannot outlive.
    """

    kind: str
    catalog: str
    statement: str
    parent: str = "pg_namespace"
    """Catalog of the object that it cannot outlive."""
    since: int = 14
    secrets: tuple[str, ...] = ()
    """Attributes that are lists of ``name=value`` with secrets among them."""


NAME: Final = "quote_ident(n.nspname) || '.' || quote_ident({})"


def named(column: str) -> str:
    """Return the SQL of a qualified name; the statement has pg_namespace as n."""
    return NAME.format(column)


def user_objects(oid: str = "o.oid") -> str:
    """Return the condition on objects in a schema that are somebody's own."""
    return f"{oid} >= {FIRST_USER_OID} AND {USER_NAMESPACE}"


def run(reader: Reader, query: Query) -> None:
    """Record all objects that one query gives."""
    if reader.version < query.since:
        return
    rows = reader.rows(query.statement)
    names = [each.name for each in reader.cursor.description][3:]
    for oid, parent, identity, *values in rows:
        attributes: dict[str, Value] = without_nulls(names, values)
        kind = attributes.pop("kind", query.kind)
        whole = reader.addresses.get(("pg_type", attributes.pop("part_of", 0), 0))
        if whole:
            reader.alias(query.catalog, oid, (kind, identity), whole)
            continue
        mask_secrets(attributes, query.secrets)
        found = [reader.addresses.get((query.parent, parent, 0))] if parent else []
        found += _further_parents(reader, attributes)
        parents = [key for key in dict.fromkeys(found) if key]
        reader.add(query.catalog, oid, kind, identity, attributes, *parents)


def _further_parents(reader: Reader, attributes: dict[str, Value]) -> list[Key | None]:
    found = []
    for name in [name for name in attributes if name.startswith("parent ")]:
        catalog = name.removeprefix("parent ")
        found += [reader.addresses.get((catalog, oid, 0)) for oid in attributes.pop(name)]
    return found


def mask_secrets(attributes: dict[str, Any], secrets: tuple[str, ...]) -> None:
    """Mask the secret options among an object's attributes."""
    from verification.schema.catalog.secrets import masked

    for name in secrets:
        if name in attributes:
            attributes[name] = masked(frozen(attributes[name]))
