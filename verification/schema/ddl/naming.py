"""How statements name an object: in DROP, COMMENT ON, ALTER and GRANT."""

from typing import Final

from ..model.identity import Identity
from ..model.objects import Object

PARTS: Final = frozenset({"column", "constraint", "index", "trigger", "policy", "rule"})
"""Classes whose first parent is the table, view or type that they belong to."""
NOTHING: Final = Identity("")
ON_TABLE: Final = frozenset({"trigger", "policy", "rule"})


def owner(entry: Object) -> Identity:
    """Return the table, the view or the domain that an object is part of, else the schema that it is in."""
    return entry.parents[0] if entry.parents else NOTHING


def word(entry: Object) -> str:
    """Return PostgreSQL's word for the object's class."""
    if entry.key.kind == "type" and entry.properties.get("category") == "domain":
        return "DOMAIN"
    return entry.key.kind.replace("_", " ").upper()


def address(entry: Object) -> str:
    """Return the class and the name as DROP and COMMENT ON want them."""
    if entry.key.kind == "index":
        return index_address(entry.key)
    if entry.key.kind in ON_TABLE:
        return f"{word(entry)} {entry.key.name} ON {owner(entry)}"
    if entry.key.kind == "constraint":
        domain = "DOMAIN " if owner(entry)[0] == "type" else ""
        return f"CONSTRAINT {entry.key.name} ON {domain}{owner(entry)}"
    return f"{word(entry)} {entry.key}"


def index_address(key: Identity) -> str:
    """Return how statements name an index, or the index of a constraint."""
    return f"INDEX {key.schema}.{key.name}"


def literal(text: object) -> str:
    """Return a text quoted for SQL."""
    quoted = "'" + str(text).replace("'", "''") + "'"
    return f"E{quoted}".replace("\\", "\\\\") if "\\" in quoted else quoted
