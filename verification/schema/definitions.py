"""The SQL of one column, constraint, index or sequence, from its entry in the model.

Source: the PostgreSQL documentation's pages CREATE TABLE, CREATE INDEX, CREATE SEQUENCE.
Every name in the model is already quoted where SQL needs it.
"""

from collections.abc import Mapping
from typing import Final

from verification.schema.model import Entry, Value

COLUMN: Final = frozenset(
    {"type", "not_null", "default", "identity", "generated", "generated_kind", "collation", "storage",
     "compression", "identity_sequence", "identity_start", "identity_increment", "identity_minimum",
     "identity_maximum", "identity_cache", "identity_cycle", "not_null_constraint"}
)  # fmt: skip
CONSTRAINT: Final = frozenset(
    {"kind", "columns", "include", "nulls_not_distinct", "deferrable", "initially_deferred", "valid",
     "no_inherit", "expression", "target", "target_columns", "on_update", "on_delete", "on_delete_columns",
     "match", "enforced"}
)  # fmt: skip
INDEX: Final = frozenset(
    {"method", "keys", "unique", "nulls_not_distinct", "predicate", "include", "order", "operator_classes",
     "collations", "storage_parameters"}
)  # fmt: skip
SEQUENCE: Final = frozenset(
    {"owner", "type", "start", "increment", "minimum", "maximum", "cache", "cycle", "owned_by"}
)
TABLE: Final = frozenset({"owner", "column_order", "persistence"})
KNOWN: Final = {
    "column": COLUMN,
    "constraint": CONSTRAINT,
    "index": INDEX,
    "sequence": SEQUENCE,
    "table": TABLE,
}
"""Object class -> attributes that its definition below expresses; any other cannot be generated."""


def name(entry: Entry) -> str:
    """Give the last part of an identity, as SQL writes it."""
    owner = entry.parents[0][1]
    return entry.object.removeprefix(f"{owner}.")


def table(entry: Entry) -> str:
    """Give the relation that an entry belongs to."""
    return entry.parents[0][1]


def column(entry: Entry) -> str:
    """Give what stands for a column in CREATE TABLE and ADD COLUMN."""
    found = entry.attributes
    parts = [name(entry), str(found["type"])]
    if "collation" in found:
        parts.append(f"COLLATE {found['collation']}")
    if "storage" in found:
        parts.insert(2, f"STORAGE {found['storage']}")
    if "compression" in found:
        parts.insert(2, f"COMPRESSION {found['compression']}")
    if "generated" in found:
        parts.append(f"GENERATED ALWAYS AS ({found['generated']}) {found['generated_kind'].upper()}")
    elif "identity" in found:
        parts.append(f"GENERATED {found['identity'].upper()} AS IDENTITY ({identity(entry)})")
    elif "default" in found:
        parts.append(f"DEFAULT {found['default']}")
    if found.get("not_null"):
        constraint = found.get("not_null_constraint")
        parts.append(f"CONSTRAINT {constraint} NOT NULL" if constraint else "NOT NULL")
    return " ".join(parts)


def identity(entry: Entry) -> str:
    """Give the options of an identity column's sequence."""
    found = {key.removeprefix("identity_"): value for key, value in entry.attributes.items()
             if key.startswith("identity_")}  # fmt: skip
    return f"SEQUENCE NAME {found['sequence']} {_sequence_options(found)}"


def sequence(entry: Entry) -> str:
    """Give the statement that creates a sequence; OWNED BY follows when its table is there."""
    return (
        f"CREATE SEQUENCE {entry.object} AS {entry.attributes['type']} {_sequence_options(entry.attributes)}"
    )


def _sequence_options(values: Mapping[str, Value]) -> str:
    parts = []
    for key, word in (("increment", "INCREMENT BY"), ("minimum", "MINVALUE"), ("maximum", "MAXVALUE"),
                      ("start", "START WITH"), ("cache", "CACHE")):  # fmt: skip
        if values.get(key) is not None:
            parts.append(f"{word} {values[key]}")
    return " ".join([*parts, "CYCLE" if values.get("cycle") else "NO CYCLE"])


def constraint(entry: Entry) -> str:
    """Give the text after ADD CONSTRAINT name."""
    found = entry.attributes
    kind = found["kind"]
    if kind == "check":
        text = f"CHECK ({found['expression']})" + (" NO INHERIT" if found.get("no_inherit") else "")
    elif kind == "foreign key":
        text = _foreign_key(entry)
    else:
        distinct = " NULLS NOT DISTINCT" if found.get("nulls_not_distinct") else ""
        text = f"{kind.upper()}{distinct} ({', '.join(found['columns'])})"
        if "include" in found:
            text += f" INCLUDE ({', '.join(found['include'])})"
    if found.get("deferrable"):
        text += " DEFERRABLE" + (" INITIALLY DEFERRED" if found.get("initially_deferred") else "")
    if found.get("enforced") is False:
        return f"{text} NOT ENFORCED"
    return text + (" NOT VALID" if found.get("valid") is False else "")


def _foreign_key(entry: Entry) -> str:
    found = entry.attributes
    text = (
        f"FOREIGN KEY ({', '.join(found['columns'])}) "
        f"REFERENCES {found['target']} ({', '.join(found['target_columns'])})"
    )
    if "match" in found:
        text += f" MATCH {found['match'].upper()}"
    for key, word in (("on_update", "UPDATE"), ("on_delete", "DELETE")):
        if key in found:
            text += f" ON {word} {found[key].upper()}"
    if "on_delete_columns" in found:
        text += f" ({', '.join(found['on_delete_columns'])})"
    return text


def index(entry: Entry) -> str:
    """Give the statement that creates an index."""
    found = entry.attributes
    keys = []
    for place, key in enumerate(found["keys"]):
        # A column stands as it is, a call of a function too; any other expression in brackets.
        plain = key in {parent[1].removeprefix(f"{table(entry)}.") for parent in entry.parents}
        parts = [key if plain else f"({key})"]
        for attribute, form in (("collations", "COLLATE {}"), ("operator_classes", "{}"), ("order", "{}")):
            value = found.get(attribute, ())[place : place + 1]
            if value and value[0] is not None:
                parts.append(form.format(value[0]))
        keys.append(" ".join(parts))
    text = f"CREATE {'UNIQUE ' if found.get('unique') else ''}INDEX {name(entry)} ON {table(entry)}"
    text += f" USING {found['method']} ({', '.join(keys)})"
    if "include" in found:
        text += f" INCLUDE ({', '.join(found['include'])})"
    if found.get("nulls_not_distinct"):
        text += " NULLS NOT DISTINCT"
    if "storage_parameters" in found:
        text += f" WITH ({', '.join(found['storage_parameters'])})"
    return text + (f" WHERE {found['predicate']}" if "predicate" in found else "")
