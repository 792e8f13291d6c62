"""The SQL of a function or a procedure, from its entry in the model.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ...postgres.server import identifier
from ..comparison.renames import TOKEN
from ..model.objects import Object, Value
from .naming import literal, word

SIGNATURE: Final = ("result", "argument_modes", "argument_names", "window")
"""What CREATE OR REPLACE cannot change."""
NAME_LISTS: Final = frozenset(
    {"search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"}
)
"""Settings whose value is a list of names: each is quoted by itself."""


def replaceable(left: Object, right: Object) -> bool:
    """Return whether CREATE OR REPLACE turns one into the other."""
    same = all(left.properties.get(name) == right.properties.get(name) for name in SIGNATURE)
    return same and len(_defaults(left)) <= len(_defaults(right))


def definition(entry: Object) -> str:
    """Return CREATE OR REPLACE FUNCTION or PROCEDURE."""
    attributes = entry.properties
    start = entry.key.qualified
    parts = [f"CREATE OR REPLACE {word(entry)} {start}({', '.join(_arguments(entry))})"]
    if "result" in attributes and entry.key.kind == "function":
        parts.append(f"RETURNS {attributes['result']}")
    parts.append(f"LANGUAGE {identifier(entry.text_of('language'))}")
    parts += (
        [f"TRANSFORM {', '.join(f'FOR TYPE {each}' for each in entry.names_of('transform_types'))}"]
        if ("transform_types" in attributes)
        else []
    )
    if entry.key.kind == "function":
        parts += _properties(entry)
    if attributes.get("security_definer"):
        parts.append("SECURITY DEFINER")
    parts += [f"SET {_setting(each)}" for each in entry.names_of("settings")]
    return " ".join(parts) + f"\n{_body(entry)}"


AGGREGATE: Final = {
    "transition": "SFUNC", "state": "STYPE", "state_size": "SSPACE", "final": "FINALFUNC", "combine": "COMBINEFUNC",
    "serialize": "SERIALFUNC", "deserialize": "DESERIALFUNC", "initial": "INITCOND", "moving_transition": "MSFUNC",
    "moving_inverse": "MINVFUNC", "moving_state": "MSTYPE", "moving_state_size": "MSSPACE",
    "moving_final": "MFINALFUNC", "moving_initial": "MINITCOND", "sort_operator": "SORTOP",
}  # fmt: skip
"""Member of an aggregate's description -> its word in SQL."""


def _aggregate(entry: Object) -> Mapping[str, Value]:
    described = entry.properties["aggregate"]
    assert isinstance(described, Mapping)  # noqa: S101 - as the catalog's query makes it
    return described


def is_plain_aggregate(entry: Object) -> bool:
    """Return whether an aggregate has neither direct arguments nor unusual final functions."""
    described = _aggregate(entry)
    flags = ("final_extra", "moving_final_extra", "direct_arguments", "sort_operator")
    modify = {described.get(name, "r") for name in ("final_modify", "moving_final_modify")}
    return described["kind"] == "n" and modify == {"r"} and not any(described.get(name) for name in flags)


def aggregate(entry: Object) -> str:
    """Return CREATE AGGREGATE."""
    described = _aggregate(entry)
    options = []
    for key, text in AGGREGATE.items():
        if key in described:
            value = str(described[key])
            is_text, is_function = key.endswith("initial"), value.endswith(")") and "state" not in key
            options.append(
                f"{text} = {literal(value) if is_text else value.partition('(')[0] if is_function else value}"
            )
    options += [f"PARALLEL = {entry.properties['parallel']}"] if "parallel" in entry.properties else []
    arguments = ", ".join(_arguments(entry)) or "*"
    return f"CREATE AGGREGATE {entry.key.qualified}({arguments}) ({', '.join(options)})"


def _properties(entry: Object) -> Iterator[str]:
    attributes = entry.properties
    if attributes.get("window"):
        yield "WINDOW"
    yield entry.text_of("volatility").upper()
    for key, text in (("strict", "STRICT"), ("leakproof", "LEAKPROOF")):
        if attributes.get(key):
            yield text
    for key, text in (("parallel", "PARALLEL"), ("cost", "COST"), ("rows", "ROWS"), ("support", "SUPPORT")):
        if key in attributes:
            value = attributes[key]
            yield f"{text} {value:g}" if isinstance(value, float) else f"{text} {value}"


def _setting(text: str) -> str:
    key, _, value = text.partition("=")
    names = re.findall(r'"(?:[^"]|"")*"|[^,\s]+', value) if key in NAME_LISTS else []
    values = ", ".join(literal(each.strip('"').replace('""', '"')) for each in names) or literal(value)
    return f"{key} TO {values}"


def _body(entry: Object) -> str:
    attributes = entry.properties
    if "sql_body" in attributes:
        return entry.text_of("sql_body")
    body = entry.text_of("body")
    if "library" in attributes:
        return f"AS {literal(attributes['library'])}, {literal(body)}"
    tag = "function"
    while f"${tag}$" in body or body.endswith(f"${tag}"):
        tag += "_"
    return f"AS ${tag}${body}${tag}$"


def _arguments(entry: Object) -> Iterator[str]:
    modes = entry.names_of("argument_modes")
    if not modes:
        types = split(entry.key.arguments[1:-1])
        arguments = [("in", each) for each in types]
    else:
        arguments = [
            (mode, each) for mode, _, each in (text.partition(" ") for text in modes) if mode != "table"
        ]
    names = entry.names_of("argument_names") or ("",) * len(arguments)
    inputs = sum(mode != "out" for mode, _ in arguments)
    defaults = [""] * (inputs - len(_defaults(entry))) + _defaults(entry)
    waiting = iter(defaults)
    for (mode, type_name), argument in zip(arguments, names, strict=False):
        default = next(waiting) if mode != "out" else ""
        parts = [
            mode.upper() if mode != "in" else "",
            identifier(argument) if argument else "",
            type_name,
            f"DEFAULT {default}" if default else "",
        ]
        yield " ".join(filter(None, parts))


def _defaults(entry: Object) -> list[str]:
    return split(entry.text_of("argument_defaults"))


def split(text: str) -> list[str]:
    """Return the parts of a list in SQL: commas in brackets, literals and quoted names do not count."""
    parts, depth = [""], 0
    for piece in TOKEN.findall(text):
        depth += (piece in "([") - (piece in ")]") if len(piece) == 1 else 0
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts if part.strip()]
