"""Object classes that are read with one query, one row for each object."""

from dataclasses import dataclass
from typing import Final

from ..model.identity import Identity
from ..model.objects import Value
from .reader import FIRST_USER_OID, USER_NAMESPACE, Reader, Record, texts


@dataclass(frozen=True)
class Query:
    """How one catalog is read.

    Columns of the statement: ``oid``; ``parent``, OID of the parent; ``id_schema``, ``id_relation``, ``id_name``
    and ``id_arguments``, the identity; ``kind``, its class if it is not always the same; ``part_of``, OID of the
    type that created the object and describes it; ``parent CATALOG``, OID of a further parent (a second one of the same
    catalog: ``parent CATALOG 2``). Every other column is an attribute, NULL for PostgreSQL's default.
    """

    kind: str
    catalog: str
    statement: str
    parent: str = "pg_namespace"
    """Catalog of the parent."""
    targeted: bool = False
    """Whether the last of the parents is part of the identity."""
    since: int = 14
    secrets: tuple[str, ...] = ()
    """Attributes that are lists of ``name=value``, some of them secret."""


IDENTITY: Final = ("schema", "relation", "name", "arguments")


def named(column: str) -> str:
    """Return the SQL of a name within a schema; the statement must have pg_namespace as ``n``."""
    return f"quote_ident(n.nspname) AS id_schema, quote_ident({column}) AS id_name"


def arguments(name: str, printed: str) -> str:
    """Return the SQL of the arguments behind a name; ``printed``: the qualified name with them."""
    return f"substr({printed}, strpos({printed}, {name} || '(') + length({name})) AS id_arguments"


def user_objects(oid: str = "o.oid") -> str:
    """Return the condition on objects that did not come with the server; needs pg_namespace as ``n``."""
    return f"{oid} >= {FIRST_USER_OID} AND {USER_NAMESPACE}"


def run(reader: Reader, query: Query) -> None:
    """Record all objects that one query returns."""
    if reader.version < query.since:
        return
    reader.catalogs.add(query.catalog)
    for attributes in reader.records(_ordered(query.statement)):
        oid, parent = attributes.take_number("oid"), attributes.take_number("parent")
        keys = [reader.addresses.get((query.parent, parent, 0))] if parent else []
        keys += _further_parents(reader, attributes)
        parents = [key for key in dict.fromkeys(keys) if key]
        schema, relation, name, words = [attributes.take_text(f"id_{part}") for part in IDENTITY]
        target = parents[-1] if query.targeted and parents else None
        identity = Identity(attributes.take_text("kind") or query.kind, schema, relation, name, words, target)
        whole = reader.addresses.get(("pg_type", attributes.take_number("part_of"), 0))
        if whole:
            reader.alias(query.catalog, oid, identity, whole)
            continue
        mask_secrets(attributes, query.secrets)
        reader.add(query.catalog, oid, identity, attributes, *parents)


def _ordered(statement: str) -> str:
    """Return the statement with its rows in the order of their names, whatever happened to them before."""
    names = [f"id_{part}" for part in IDENTITY if f" AS id_{part}" in statement]
    return f"{statement} ORDER BY {', '.join(names)}"


def _further_parents(reader: Reader, attributes: Record) -> list[Identity | None]:
    names = [name for name in attributes if name.startswith("parent ")]
    return [reader.addresses.get((name.split()[1], attributes.take_number(name), 0)) for name in names]


def mask_secrets(attributes: dict[str, Value], secrets: tuple[str, ...]) -> None:
    """Mask the secret options among an object's attributes."""
    from .secrets import masked

    for name in secrets:
        if name in attributes:
            attributes[name] = masked(texts(attributes[name]))
