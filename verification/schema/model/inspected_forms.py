"""Bring a value of the catalog reader and a value of the inspection into one form.

Each function accepts the form of either reader and returns a plain value. ``None`` and PostgreSQL's
default are the same.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_PARENTHESES: Final = str.maketrans("", "", "()")
_SYNONYMS: Final = (
    (re.compile(r"\bvarchar\b"), "character varying"),
    (re.compile(r"\bchar\b"), "character"),
    (re.compile(r"^character$|^character(?=\[)"), "character(1)"),
)
"""SQLAlchemy's names of types and PostgreSQL's own."""


def flag(value: object) -> bool:
    """Return a flag that is false by default."""
    return bool(value)


def true_by_default(value: object) -> bool:
    """Return a flag that is true by default."""
    return value is not False


def one_by_default(value: object) -> int:
    """Return a number that is 1 by default."""
    return 1 if value is None else int(str(value))


def limit(value: object) -> int | None:
    """Return a limit of a sequence, None for its type's default."""
    return None if value is None else int(str(value))


def text(value: object) -> str:
    """Return a text without the semicolon at its end."""
    return str(value or "").strip().rstrip(";")


def action(value: object) -> str:
    """Return the action of a foreign key, without the columns of SET NULL or SET DEFAULT."""
    return str(value or "no action").lower().partition(" (")[0]


def match(value: object) -> str:
    """Return the MATCH type of a foreign key."""
    return str(value or "simple").lower()


def unquoted(value: object) -> str:
    """Return a name without quotes: only the catalog reader quotes names."""
    return str(value or "").replace('"', "")


def unquoted_list(value: object) -> tuple[str, ...]:
    """Return names without quotes, in order."""
    return tuple(map(unquoted, as_tuple(value)))


def as_tuple(value: object) -> tuple[object, ...]:
    """Return values in order."""
    return tuple(value) if isinstance(value, Iterable) else ()


def collation(value: object) -> str:
    """Return a collation, empty for the type's default."""
    name = unquoted(value).removeprefix("pg_catalog.")
    return "" if name == "default" else name


def type_name(value: object) -> str:
    """Return a type as ``format_type`` prints it."""
    if value and str(value).startswith('"char"'):
        return str(value)  # the quotes are part of the name: char is another type
    name = unquoted(value).lower().replace(", ", ",").replace(" (", "(")
    for pattern, replacement in _SYNONYMS:
        name = pattern.sub(replacement, name)
    return name


def without_modifier(value: object) -> str:
    """Return a type's name alone."""
    return re.sub(r"\(.*?\)", "", type_name(value))


def is_null(default: str | None, type_name_of_column: object) -> bool:
    """Return whether a default is NULL written out, which PostgreSQL keeps for varchar(n) and the like."""
    start, _, name = unquoted(default).partition("NULL::")
    names = {type_name(type_name_of_column), without_modifier(type_name_of_column)}
    return not start and bool(name) and (name in names or (name == "bpchar" and "character" in names))


def expression(value: object) -> str:
    """Return an expression without white space and parentheses.

    One reader prints all parentheses, the other only the necessary ones. A parenthesis that changes the
    meaning is still found: each reader also compares its own texts of the two databases.
    """
    return "".join(unquoted(value).split()).translate(_PARENTHESES)


def expressions(value: object) -> tuple[str, ...]:
    """Return the keys of an index, columns and expressions."""
    return tuple(map(expression, as_tuple(value)))


def per_key(value: object) -> tuple[str, ...]:
    """Return one name for each key of an index, without schema; empty when all keys have the default."""
    names = tuple(unquoted(name).rpartition(".")[2] for name in as_tuple(value))
    return names if any(names) else ()


def orders(value: object) -> tuple[str, ...]:
    """Return the order of each key; empty when all are ascending with nulls last."""
    return per_key([order if isinstance(order, str) else _order(order) for order in as_tuple(value)])


def _order(words: object) -> str:
    return " ".join(map(str, as_tuple(words))).replace("nulls_", "nulls ")


def parameters(value: object) -> tuple[str, ...]:
    """Return storage parameters as ``name=value``, sorted."""
    if isinstance(value, Mapping):
        return tuple(sorted(f"{name}={setting}" for name, setting in value.items()))
    return tuple(sorted(map(str, as_tuple(value))))
