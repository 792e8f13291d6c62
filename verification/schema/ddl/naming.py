"""How statements name an object: in DROP, COMMENT ON, ALTER and GRANT."""

from typing import Final

from ..comparison.renames import last_part, schema_of
from ..model.schema import Entry, Key

PARTS: Final = frozenset({"column", "constraint", "index", "trigger", "policy", "rule"})
"""Classes whose first parent is the table, view or type that they belong to."""
ON_TABLE: Final = frozenset({"trigger", "policy", "rule"})


def owner(entry: Entry) -> Key:
    """Return the table, the view or the domain that an object is part of, else the schema that it is in."""
    return entry.parents[0] if entry.parents else ("", "")


def table(entry: Entry) -> str:
    """Return the identity of the table that a column, a constraint or an index belongs to."""
    return owner(entry)[1]


def name(entry: Entry) -> str:
    """Return the name of a part within its table, of another object within its schema; quoted where SQL needs it."""
    if entry.kind in PARTS:
        return entry.object.removeprefix(f"{table(entry)}.")
    return last_part(entry.object)


def word(entry: Entry) -> str:
    """Return PostgreSQL's word for the object's class."""
    if entry.kind == "type" and entry.attributes.get("category") == "domain":
        return "DOMAIN"
    return entry.kind.replace("_", " ").upper()


def address(entry: Entry) -> str:
    """Return the class and the name as DROP and COMMENT ON want them."""
    if entry.kind == "index":
        return f"INDEX {schema_of(table(entry))}.{name(entry)}"
    if entry.kind in ON_TABLE:
        return f"{word(entry)} {name(entry)} ON {table(entry)}"
    if entry.kind == "constraint":
        domain = "DOMAIN " if owner(entry)[0] == "type" else ""
        return f"CONSTRAINT {name(entry)} ON {domain}{table(entry)}"
    return f"{word(entry)} {entry.object}"


def literal(text: object) -> str:
    """Return a text quoted for SQL."""
    quoted = "'" + str(text).replace("'", "''") + "'"
    return f"E{quoted}".replace("\\", "\\\\") if "\\" in quoted else quoted
