"""What makes one thing of the two forms in which catalog reader and inspection give the same fact.

Each function takes the form of either reader and gives a plain value; ``None`` and what PostgreSQL
takes for it when nothing is said are the same.
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
    """Say true or false."""
    return bool(value)


def true_by_default(value: Any) -> bool:
    """Say false only where it is said."""
    return value is not False


def one_by_default(value: Any) -> int:
    """Return a number."""
    return 1 if value is None else int(value)


def limit(value: Any) -> int | None:
    """Return a limit of a sequence, None for its type's default."""
    return None if value is None else int(value)


def text(value: Any) -> str:
    """Return a text; a statement's end is no part of it."""
    return str(value or "").strip().rstrip(";")


def action(value: Any) -> str:
    """Return what a foreign key does; the columns of SET NULL are an attribute of their own."""
    return str(value or "no action").lower().partition(" (")[0]


def match(value: Any) -> str:
    """Return how a foreign key of several columns matches."""
    return str(value or "simple").lower()


def unquoted(value: Any) -> str:
    """Return a name; one reader alone quotes it."""
    return str(value or "").replace('"', "")


def unquoted_list(value: Any) -> tuple[str, ...]:
    """Return names in order."""
    return tuple(unquoted(each) for each in value or ())


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Return values in order."""
    return tuple(value or ())


def collation(value: Any) -> str:
    """Return a collation other than the type's own."""
    name = unquoted(value).removeprefix("pg_catalog.")
    return "" if name == "default" else name


def type_name(value: Any) -> str:
    """Return a type as ``format_type`` prints it."""
    if value and str(value).startswith('"char"'):
        return str(value)  # a type of its own: its quotes are no decoration
    name = unquoted(value).lower().replace(", ", ",").replace(" (", "(")
    for pattern, replacement in _SYNONYMS:
        name = pattern.sub(replacement, name)
    return name


def without_modifier(value: Any) -> str:
    """Return a type's name alone."""
    return re.sub(r"\(.*?\)", "", type_name(value))


def expression(value: Any) -> str:
    """Return an expression without blanks and parentheses.

    One reader prints every parenthesis, the other the needed ones. One that matters is caught
    all the same: each reader compares with its own print.
    """
    return "".join(unquoted(value).split()).translate(_PARENTHESES)


def expressions(value: Any) -> tuple[str, ...]:
    """Return the keys of an index, columns and expressions."""
    return tuple(expression(each) for each in value or ())


def per_key(value: Any) -> tuple[str, ...]:
    """Return what is said of single keys; empty where nothing is said of any. A schema is left out."""
    found = tuple(unquoted(each).rpartition(".")[2] for each in value or ())
    return found if any(found) else ()


def orders(value: Any) -> tuple[str, ...]:
    """Return the direction of each key; empty where all ascend."""
    return per_key([each if isinstance(each, str) else _order(each) for each in value or ()])


def _order(words: Any) -> str:
    return " ".join(words or ()).replace("nulls_", "nulls ")


def parameters(value: Any) -> tuple[str, ...]:
    """Return storage parameters as ``name=value``, sorted."""
    if isinstance(value, dict):
        return tuple(sorted(f"{name}={setting}" for name, setting in value.items()))
    return tuple(sorted(value or ()))
