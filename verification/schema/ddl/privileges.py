"""GRANT and REVOKE of one object and one grantee, and ALTER DEFAULT PRIVILEGES.

An entry has all privileges of its grantee; without an entry he has those that PostgreSQL gives without any GRANT:
https://www.postgresql.org/docs/current/ddl-priv.html
"""

from collections.abc import Iterator
from typing import Final

from ...postgres.server import identifier
from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema

CLASSES: Final = {
    "table": "TABLE", "view": "TABLE", "materialized_view": "TABLE", "foreign_table": "TABLE",
    "sequence": "SEQUENCE", "schema": "SCHEMA", "function": "FUNCTION", "procedure": "PROCEDURE", "type": "TYPE",
    "language": "LANGUAGE", "foreign_data_wrapper": "FOREIGN DATA WRAPPER", "server": "FOREIGN SERVER",
    "aggregate": "FUNCTION", "large_object": "LARGE OBJECT",
}  # fmt: skip
PUBLIC: Final = {"function": "EXECUTE", "procedure": "EXECUTE", "aggregate": "EXECUTE", "type": "USAGE",
                 "language": "USAGE"}  # fmt: skip
"""Object class -> what everybody may do without any GRANT."""
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


def statements(target: Identity, grant: Object | None, side: Schema) -> list[str] | None:
    """Return what gives a grantee these privileges, or without an entry those that he has without any GRANT.

    ``target``: identity of the grant. None: GRANT cannot say it.
    """
    grantee, granted_on = target.name, target.target or Identity("")
    granted = _listed(grant) if grant else _without_grant(granted_on, grantee, side)
    where = _on(granted_on, side)
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


def _listed(entry: Object) -> tuple[str, ...]:
    return entry.names_of("privileges")


def _on(target: Identity, side: Schema) -> tuple[str, str] | None:
    """Return the list of columns and the object, as GRANT names them."""
    if target.kind != "column":
        return ("", f"{CLASSES[target.kind]} {target}") if target.kind in CLASSES else None
    return (f" ({target.name})", f"TABLE {target.container}") if target in side.entries else None


def _without_grant(target: Identity, grantee: str, side: Schema) -> tuple[str, ...]:
    if grantee == "PUBLIC":
        return (PUBLIC[target.kind],) if target.kind in PUBLIC else ()
    entry = side.entries.get(target)
    return ("ALL",) if entry is not None and entry.properties.get("owner") == grantee else ()


def default_statements(target: Identity, grant: Object | None) -> list[str]:
    """Return what gives a grantee these default privileges, or without an entry PostgreSQL's own."""
    what, _, owner = target.name.partition(" of ")
    schema, grantee = target.schema, target.arguments.removeprefix(" to ")
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


def given_by_default(entry: Object, schema: Schema) -> Iterator[str]:
    """Yield the grantees to whom the default privileges of a schema give something of a new object."""
    for each in schema.of_kind("default_privileges"):
        what, where = each.key.name.partition(" of ")[0], each.key.schema
        if entry.key.kind in BY_CLASS.get(what, ()) and (
            not where or Identity("schema", name=where) in entry.parents
        ):
            yield each.key.arguments.removeprefix(" to ")
