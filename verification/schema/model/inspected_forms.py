"""Bring a value of the catalog reader and a value of the inspection into one form.

Each function accepts the form of either reader and returns a plain value. ``None`` and PostgreSQL's
default are the same.
"""

import re
from typing import Any, Final

_PARENTHESES: Final = str.maketrans("", "", "()")
_SYNONYMS: Final = (
    (re.compile(r"\bvarchar\b"), "character varying"),
    (re.compile(r"\bchar\b"), "character"),
    (re.compile(r"^character$|^character(?=\[)"), "character(1)"),
)
"""SQLAlchemy's names of types and PostgreSQL's own."""


def flag(value: Any) -> bool:
    """Return a flag that is false by default."""
    return bool(value)


def true_by_default(value: Any) -> bool:
    """Return a flag that is true by default."""
    return value is not False


def one_by_default(value: Any) -> int:
    """Return a number that is 1 by default."""
    return 1 if value is None else int(value)


def limit(value: Any) -> int | None:
    """Return a limit of a sequence, None for its type's default."""
    return None if value is None else int(value)


def text(value: Any) -> str:
    """Return a text without the semicolon at its end."""
    return str(value or "").strip().rstrip(";")


def action(value: Any) -> str:
    """Return the action of a foreign key, without the columns of SET NULL or SET DEFAULT."""
    return str(value or "no action").lower().partition(" (")[0]


def match(value: Any) -> str:
    """Return the MATCH type of a foreign key."""
    return str(value or "simple").lower()


def unquoted(value: Any) -> str:
    """Return a name without quotes: only the catalog reader quotes names."""
    return str(value or "").replace('"', "")


def unquoted_list(value: Any) -> tuple[str, ...]:
    """Return names without quotes, in order."""
    return tuple(unquoted(name) for name in value or ())


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Return values in order."""
    return tuple(value or ())


def collation(value: Any) -> str:
    """Return a collation, empty for the type's default."""
    name = unquoted(value).removeprefix("pg_catalog.")
    return "" if name == "default" else name


def type_name(value: Any) -> str:
    """Return a type as ``format_type`` prints it."""
    if value and str(value).startswith('"char"'):
        return str(value)  # the quotes are part of the name: char is another type
    name = unquoted(value).lower().replace(", ", ",").replace(" (", "(")
    for pattern, replacement in _SYNONYMS:
        name = pattern.sub(replacement, name)
    return name


def without_modifier(value: Any) -> str:
    """Return a type's name alone."""
    return re.sub(r"\(.*?\)", "", type_name(value))


def is_null(default: str | None, type_name_of_column: Any) -> bool:
    """Return whether a default is NULL written out, which PostgreSQL keeps for varchar(n) and the like."""
    start, _, name = unquoted(default).partition("NULL::")
    names = {type_name(type_name_of_column), without_modifier(type_name_of_column)}
    return not start and bool(name) and (name in names or (name == "bpchar" and "character" in names))


def expression(value: Any) -> str:
    """Return an expression without white space and parentheses.

    One reader prints all parentheses, the other only the necessary ones. A parenthesis that changes the
    meaning is still found: each reader also compares its own texts of the two databases.
    """
    return "".join(unquoted(value).split()).translate(_PARENTHESES)


def expressions(value: Any) -> tuple[str, ...]:
    """Return the keys of an index, columns and expressions."""
    return tuple(expression(key) for key in value or ())


def per_key(value: Any) -> tuple[str, ...]:
    """Return one name for each key of an index, without schema; empty when all keys have the default."""
    names = tuple(unquoted(name).rpartition(".")[2] for name in value or ())
    return names if any(names) else ()


def orders(value: Any) -> tuple[str, ...]:
    """Return the order of each key; empty when all are ascending with nulls last."""
    return per_key([order if isinstance(order, str) else _order(order) for order in value or ()])


def _order(words: Any) -> str:
    return " ".join(words or ()).replace("nulls_", "nulls ")


def parameters(value: Any) -> tuple[str, ...]:
    """Return storage parameters as ``name=value``, sorted."""
    if isinstance(value, dict):
        return tuple(sorted(f"{name}={setting}" for name, setting in value.items()))
    return tuple(sorted(value or ()))
