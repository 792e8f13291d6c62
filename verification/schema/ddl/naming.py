"""How statements name an object: in DROP, COMMENT ON, ALTER and GRANT."""

from typing import Final

from ..model.identity import Identity
from ..model.schema import Entry

PARTS: Final = frozenset({"column", "constraint", "index", "trigger", "policy", "rule"})
"""Classes whose first parent is the table, view or type that they belong to."""
NOTHING: Final = Identity("")
ON_TABLE: Final = frozenset({"trigger", "policy", "rule"})


def owner(entry: Entry) -> Identity:
    """Return the table, the view or the domain that an object is part of, else the schema that it is in."""
    return entry.parents[0] if entry.parents else NOTHING


def word(entry: Entry) -> str:
    """Return PostgreSQL's word for the object's class."""
    if entry.kind == "type" and entry.attributes.get("category") == "domain":
        return "DOMAIN"
    return entry.kind.replace("_", " ").upper()


def address(entry: Entry) -> str:
    """Return the class and the name as DROP and COMMENT ON want them."""
    if entry.kind == "index":
        return f"INDEX {entry.identity.schema}.{entry.identity.name}"
    if entry.kind in ON_TABLE:
        return f"{word(entry)} {entry.identity.name} ON {owner(entry)}"
    if entry.kind == "constraint":
        domain = "DOMAIN " if owner(entry)[0] == "type" else ""
        return f"CONSTRAINT {entry.identity.name} ON {domain}{owner(entry)}"
    return f"{word(entry)} {entry.identity}"


def literal(text: object) -> str:
    """Return a text quoted for SQL."""
    quoted = "'" + str(text).replace("'", "''") + "'"
    return f"E{quoted}".replace("\\", "\\\\") if "\\" in quoted else quoted
