"""Where the catalog reader and the inspection disagree about something that both can see.

Both read the same database. They share no query and no code, so what the two say alike is known
twice; what they say otherwise is a defect of one of them and never passes for "equal".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from verification.schema.difference import Difference
from verification.schema.model import Entry, Key, Schema

RELATIONS: Final = frozenset({"table", "foreign_table", "view", "materialized_view"})
TABLES: Final = frozenset({"table", "foreign_table"})

Attributes = Mapping[str, Any]
Reading = Mapping[Key, Attributes]
Plain = Callable[[Any], Any]


def _flag(value: Any) -> bool:
    return bool(value)


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value or ())


def _text(value: Any) -> str:
    return str(value or "").strip().rstrip(";")


def _action(value: Any) -> str:
    return str(value or "no action").lower()


def _bare(value: Any) -> str:
    """Names are quoted by one reader alone."""
    return str(value or "").replace('"', "")


def _bare_list(value: Any) -> tuple[str, ...]:
    return tuple(_bare(each) for each in value or ())


def _keys(value: Any) -> tuple[str, ...]:
    """One reader prints an index's expressions with every parenthesis, the other with the needed ones.

    A parenthesis that matters is caught all the same: each reader compares with its own print.
    """
    return tuple("".join(each.split()).translate(_PARENTHESES) for each in _bare_list(value))


_PARENTHESES: Final = str.maketrans("", "", "()")


SHARED: Final[Mapping[str, Mapping[str, Plain]]] = {
    "column": {"not_null": _flag, "default": _text, "identity": _text, "generated": _text},
    "constraint": {
        "kind": _text,
        "columns": _bare_list,
        "target": _bare,
        "target_columns": _bare_list,
        "on_update": _action,
        "on_delete": _action,
    },
    "index": {"unique": _flag, "method": _text, "predicate": _text, "keys": _keys},
    "view": {"definition": _text},
    "materialized_view": {"definition": _text},
}
"""Kind -> attribute that both readers give under this name -> what makes the two forms one."""
KINDS: Final = frozenset({*RELATIONS, "column", "constraint", "index"})
"""What both see whole; of the rest the inspection sees only a part."""


def disagreements(schema: Schema, reading: Reading) -> list[Difference]:
    """Compare two readings of one database: left is the catalog's word, right the inspection's."""
    catalog = {_key(entry.key): entry.attributes for entry in schema if _is_shared(entry)}
    inspected = {_key(key): attributes for key, attributes in reading.items() if key[0] in KINDS}
    return sorted(
        _disagreements(catalog, inspected), key=lambda each: (each.object, each.kind, each.attribute)
    )


def _disagreements(catalog: Reading, inspected: Reading) -> Iterator[Difference]:
    for key in catalog.keys() | inspected.keys():
        one, other = catalog.get(key), inspected.get(key)
        if one is None or other is None:
            yield Difference(*key, "changed", "seen", one is not None, other is not None)
            continue
        for attribute, plain in SHARED.get(key[0], {}).items():
            left, right = plain(one.get(attribute)), plain(other.get(attribute))
            if left != right:
                yield Difference(*key, "changed", attribute, left, right)


def _is_shared(entry: Entry) -> bool:
    if entry.kind not in KINDS:
        return False
    if entry.kind == "column":
        return any(parent[0] in TABLES for parent in entry.parents)
    if entry.kind == "constraint":
        # Constraints of domains stand in the inspection's types; triggers and not-null it does not list.
        return any(parent[0] in TABLES for parent in entry.parents) and entry.attributes.get("kind") in {
            "primary key",
            "foreign key",
            "unique",
            "check",
        }
    return True


def _key(key: Key) -> Key:
    return key[0], _bare(key[1])
