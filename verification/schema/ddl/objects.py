"""The SQL of schemas, extensions, types, views, triggers, rules, policies and extended statistics.

https://www.postgresql.org/docs/current/sql-commands.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from ...postgres.server import identifier
from ..model.objects import Object
from .naming import literal, owner
from .routines import aggregate
from .routines import definition as routine

OCTAL: Final = re.compile(r"\\(\d{3}|\\)")
"""What encode(..., 'escape') makes of a byte that is not printable, and of a backslash."""


def _view(entry: Object) -> str:
    options = entry.names_of("options")
    given = f" WITH ({', '.join(options)})" if options else ""
    return f"CREATE OR REPLACE VIEW {entry.key}{given} AS\n{entry.properties['definition']}"


def _materialized_view(entry: Object) -> str:
    attributes = entry.properties
    text = f"CREATE MATERIALIZED VIEW {entry.key}"
    if "access_method" in attributes:
        text += f" USING {attributes['access_method']}"
    if "storage_parameters" in attributes:
        text += f" WITH ({', '.join(entry.names_of('storage_parameters'))})"
    data = " WITH NO DATA" if attributes.get("populated") is False else ""
    return f"{text} AS\n{attributes['definition']}{data}"


def _trigger(entry: Object) -> str:
    attributes = entry.properties
    events = []
    for event in entry.names_of("events"):
        columns = entry.names_of("columns") if event == "update" else ()
        events.append(event.upper() + (f" OF {', '.join(columns)}" if columns else ""))
    parts = [
        f"CREATE {'CONSTRAINT ' if attributes.get('constraint') else ''}TRIGGER {entry.key.name}",
        f"{entry.text_of('timing').upper()} {' OR '.join(events)} ON {owner(entry)}",
    ]
    if "referenced_table" in attributes:
        parts.append(f"FROM {attributes['referenced_table']}")
    if attributes.get("deferrable"):
        deferred = " INITIALLY DEFERRED" if attributes.get("initially_deferred") else ""
        parts.append(f"DEFERRABLE{deferred}")
    tables = [f"{word} TABLE AS {identifier(entry.text_of(key))}"
              for key, word in (("old_table", "OLD"), ("new_table", "NEW")) if key in attributes]  # fmt: skip
    if tables:
        parts.append(f"REFERENCING {' '.join(tables)}")
    parts.append(f"FOR EACH {entry.text_of('level').upper()}")
    if "condition" in attributes:
        parts.append(f"WHEN ({attributes['condition']})")
    arguments = ", ".join(literal(_unescaped(each)) for each in entry.names_of("arguments"))
    return " ".join([*parts, f"EXECUTE FUNCTION {entry.text_of('function').partition('(')[0]}({arguments})"])


def _unescaped(text: str) -> str:
    def byte(match: re.Match[str]) -> str:
        return "\\" if match[1] == "\\" else chr(int(match[1], 8))

    return OCTAL.sub(byte, text).encode("latin-1", errors="ignore").decode("utf-8", errors="replace")


def _policy(entry: Object) -> str:
    attributes = entry.properties
    parts = [f"CREATE POLICY {entry.key.name} ON {owner(entry)}"]
    if attributes.get("permissive") is False:
        parts.append("AS RESTRICTIVE")
    roles = ", ".join("PUBLIC" if role == "public" else identifier(role) for role in entry.names_of("roles"))
    parts += [f"FOR {entry.text_of('command').upper()}", f"TO {roles}"]
    parts += [f"USING ({attributes['using']})"] if "using" in attributes else []
    parts += [f"WITH CHECK ({attributes['check']})"] if "check" in attributes else []
    return " ".join(parts)


def _type(entry: Object) -> str:
    attributes = entry.properties
    text = f"CREATE TYPE {entry.key} AS"
    match attributes["category"]:
        case "enum":
            return f"{text} ENUM ({', '.join(map(literal, entry.names_of('values')))})"
        case "composite":
            return f"{text} ({', '.join(entry.names_of('attributes'))})"
        case "range":
            options = [f"{word} = {attributes[key]}" for key, word in RANGE if key in attributes]
            return f"{text} RANGE ({', '.join(options)})"
    parts = [f"CREATE DOMAIN {entry.key} AS {attributes['base_type']}"]
    parts += [f"COLLATE {attributes['collation']}"] if "collation" in attributes else []
    parts += [f"DEFAULT {attributes['default']}"] if "default" in attributes else []
    if attributes.get("not_null"):
        named = attributes.get("not_null_constraint")
        parts.append(f"CONSTRAINT {named} NOT NULL" if named else "NOT NULL")
    return " ".join(parts)


RANGE: Final = (
    ("subtype", "SUBTYPE"), ("operator_class", "SUBTYPE_OPCLASS"), ("subtype_collation", "COLLATION"),
    ("canonical", "CANONICAL"), ("subtype_difference", "SUBTYPE_DIFF"), ("multirange", "MULTIRANGE_TYPE_NAME"),
)  # fmt: skip


def _statistics(entry: Object) -> str:
    kinds = entry.names_of("kinds")
    kind = f" ({', '.join(kinds)})" if kinds else ""
    columns = [*entry.names_of("columns"), *(f"({each})" for each in entry.names_of("expressions"))]
    return f"CREATE STATISTICS {entry.key}{kind} ON {', '.join(columns)} FROM {owner(entry)}"


def _extension(entry: Object) -> str:
    attributes = entry.properties
    version = literal(attributes["version"])
    return f"CREATE EXTENSION {entry.key} WITH SCHEMA {attributes['schema']} VERSION {version}"


def _collation(entry: Object) -> str:
    attributes = entry.properties
    locale, _, ctype = entry.text_of("locale").partition(", ")
    options = [f"PROVIDER = {attributes['provider']}"]
    options += [f"LC_COLLATE = {literal(locale)}", f"LC_CTYPE = {literal(ctype)}"] if ctype else []
    options += [] if ctype else [f"LOCALE = {literal(locale)}"]
    options += ["DETERMINISTIC = false"] if attributes.get("deterministic") is False else []
    options += [f"RULES = {literal(attributes['rules'])}"] if "rules" in attributes else []
    return f"CREATE COLLATION {entry.key} ({', '.join(options)})"


def _event_trigger(entry: Object) -> str:
    attributes = entry.properties
    tags = ", ".join(map(literal, entry.names_of("tags")))
    when = f" WHEN TAG IN ({tags})" if tags else ""
    start = f"CREATE EVENT TRIGGER {entry.key} ON {attributes['event']}{when}"
    return f"{start} EXECUTE FUNCTION {attributes['function']}"


CREATE: Final[Mapping[str, Callable[[Object], str]]] = {
    "schema": lambda entry: f"CREATE SCHEMA {entry.key}",
    "extension": _extension,
    "type": _type,
    "function": routine,
    "procedure": routine,
    "view": _view,
    "materialized_view": _materialized_view,
    "trigger": _trigger,
    "rule": lambda entry: f"CREATE RULE {entry.key.name} {entry.properties['definition']}",
    "policy": _policy,
    "statistics": _statistics,
    "aggregate": aggregate,
    "collation": _collation,
    "event_trigger": _event_trigger,
}
"""Object class -> the statement that creates an object, without its owner."""
