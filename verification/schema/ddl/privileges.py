"""GRANT and REVOKE of one object and one grantee, and ALTER DEFAULT PRIVILEGES.

An entry has all privileges of its grantee; without an entry he has those that PostgreSQL gives without any GRANT:
https://www.postgresql.org/docs/current/ddl-priv.html
"""

import re
from collections.abc import Iterator
from typing import Final

from ...postgres.server import identifier
from ..model.schema import Entry, Schema

CLASSES: Final = {
    "table": "TABLE", "view": "TABLE", "materialized_view": "TABLE", "foreign_table": "TABLE",
    "sequence": "SEQUENCE", "schema": "SCHEMA", "function": "FUNCTION", "procedure": "PROCEDURE", "type": "TYPE",
    "language": "LANGUAGE", "foreign_data_wrapper": "FOREIGN DATA WRAPPER", "server": "FOREIGN SERVER",
    "aggregate": "FUNCTION", "large_object": "LARGE OBJECT",
}  # fmt: skip
PUBLIC: Final = {"function": "EXECUTE", "procedure": "EXECUTE", "aggregate": "EXECUTE", "type": "USAGE",
                 "language": "USAGE"}  # fmt: skip
"""Object class -> what everybody may do without any GRANT."""
DEFAULTS: Final = re.compile(r"(.+) of (.+?)(?: in (.+))? to (.+)", re.DOTALL)
BY_CLASS: Final = {
    "tables": ("table", "view", "materialized_view", "foreign_table"),
    "sequences": ("sequence",),
    "functions": ("function", "procedure", "aggregate"),
    "types": ("type",),
    "schemas": ("schema",),
}
OPTION: Final = " with grant option"


def role(name: str) -> str:
    """Return a grantee as SQL writes it."""
    return name if name == "PUBLIC" else identifier(name)


def statements(target: str, grant: Entry | None, side: Schema) -> list[str] | None:
    """Return what gives a grantee these privileges, or without an entry those that he has without any GRANT.

    ``target``: identity of the entry (``table public.orders to reader``). None: GRANT cannot say it.
    """
    what, _, grantee = target.rpartition(" to ")
    kind, _, name = what.partition(" ")
    granted = _listed(grant) if grant else _without_grant(kind, name, grantee, side)
    where = _on(kind, name, side)
    if where is None or any(" by " in text for text in granted):
        return None
    columns, on = where
    steps = [f"REVOKE ALL{columns} ON {on} FROM {role(grantee)}"]
    for option in (OPTION, ""):
        names = [text.removesuffix(OPTION) for text in granted if text.endswith(OPTION) == bool(option)]
        if names:
            listed = ", ".join(f"{each}{columns}" for each in names)
            steps.append(f"GRANT {listed} ON {on} TO {role(grantee)}{option.upper()}")
    return steps


def _listed(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.attributes["privileges"])


def _on(kind: str, name: str, side: Schema) -> tuple[str, str] | None:
    """Return the list of columns and the object, as GRANT names them."""
    if kind != "column":
        return ("", f"{CLASSES[kind]} {name}") if kind in CLASSES else None
    column = side.get("column", name)
    if column is None:
        return None
    table = column.parents[0][1]
    return f" ({name.removeprefix(f'{table}.')})", f"TABLE {table}"


def _without_grant(kind: str, name: str, grantee: str, side: Schema) -> tuple[str, ...]:
    if grantee == "PUBLIC":
        return (PUBLIC[kind],) if kind in PUBLIC else ()
    entry = side.get(kind, name)
    return ("ALL",) if entry is not None and entry.attributes.get("owner") == grantee else ()


def default_statements(target: str, grant: Entry | None) -> list[str] | None:
    """Return what gives a grantee these default privileges, or without an entry PostgreSQL's own."""
    match = DEFAULTS.fullmatch(target)
    if match is None:
        return None
    what, owner, schema, grantee = match.groups()
    start = f"ALTER DEFAULT PRIVILEGES FOR ROLE {identifier(owner)}{f' IN SCHEMA {schema}' if schema else ''}"
    kind = BY_CLASS.get(what, ("",))[0]
    granted: tuple[str, ...] = _listed(grant) if grant else ()
    if grant is None and not schema:
        granted = (
            ("ALL",)
            if grantee == owner
            else (PUBLIC[kind],)
            if grantee == "PUBLIC" and kind in PUBLIC
            else ()
        )
    steps = [f"{start} REVOKE ALL ON {what.upper()} FROM {role(grantee)}"]
    for option in (OPTION, ""):
        names = [text.removesuffix(OPTION) for text in granted if text.endswith(OPTION) == bool(option)]
        if names:
            steps.append(
                f"{start} GRANT {', '.join(names)} ON {what.upper()} TO {role(grantee)}{option.upper()}"
            )
    return steps


def given_by_default(entry: Entry, schema: Schema) -> Iterator[str]:
    """Yield the grantees to whom the default privileges of a schema give something of a new object."""
    for each in schema.of_kind("default_privileges"):
        match = DEFAULTS.fullmatch(each.object)
        is_for = match is not None and entry.kind in BY_CLASS.get(match[1], ())
        if match and is_for and (match[3] is None or ("schema", match[3]) in entry.parents):
            yield match[4]
