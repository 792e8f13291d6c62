"""The SQL of a table, column, constraint, index or sequence, from its entry in the model.

Names in the model are already quoted where SQL needs it. Syntax:
https://www.postgresql.org/docs/current/sql-createtable.html, sql-altertable.html, sql-createindex.html
and sql-createsequence.html.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object, Value
from ..model.schema import Schema
from .naming import owner

FIRST_NAME: Final = re.compile(r'"(?:[^"]|"")*"|[\w$]+')
"""A name at the beginning of a text."""


def not_null(entry: Object) -> str:
    """Return the action of ALTER TABLE that sets NOT NULL; from PostgreSQL 18 on it names the constraint."""
    constraint = entry.properties.get("not_null_constraint")
    if constraint:
        return f"ADD CONSTRAINT {constraint} NOT NULL {entry.key.name}"
    return f"ALTER COLUMN {entry.key.name} SET NOT NULL"


def column(entry: Object) -> str:
    """Return the definition of a column for CREATE TABLE and ADD COLUMN."""
    attributes = entry.properties
    parts = [entry.key.name, entry.text_of("type")]
    if "collation" in attributes:
        parts.append(f"COLLATE {attributes['collation']}")
    if "compression" in attributes:
        parts.insert(2, f"COMPRESSION {attributes['compression']}")
    if "generated" in attributes:
        parts.append(
            f"GENERATED ALWAYS AS ({attributes['generated']}) {entry.text_of('generated_kind').upper()}"
        )
    elif "identity_sequence" in attributes:  # a partition's identity is that of its parent
        parts.append(f"GENERATED {entry.text_of('identity').upper()} AS IDENTITY ({identity(entry)})")
    elif "default" in attributes:
        parts.append(f"DEFAULT {attributes['default']}")
    if attributes.get("not_null"):
        constraint = attributes.get("not_null_constraint")
        parts.append(f"CONSTRAINT {constraint} NOT NULL" if constraint else "NOT NULL")
    return " ".join(parts)


def identity(entry: Object) -> str:
    """Return the options of an identity column's sequence."""
    attributes = {key.removeprefix("identity_"): value for key, value in entry.properties.items()
             if key.startswith("identity_")}  # fmt: skip
    return f"SEQUENCE NAME {attributes['sequence']} {_sequence_options(attributes)}"


def sequence(entry: Object) -> str:
    """Return the CREATE SEQUENCE statement without OWNED BY, which needs the table."""
    unlogged = "UNLOGGED " if entry.properties.get("persistence") == "unlogged" else ""
    options = _sequence_options(entry.properties)
    return f"CREATE {unlogged}SEQUENCE {entry.key} AS {entry.properties['type']} {options}"


SEQUENCE_OPTIONS: Final = (
    ("increment", "INCREMENT BY", "INCREMENT BY 1"),
    ("minimum", "MINVALUE", "NO MINVALUE"),
    ("maximum", "MAXVALUE", "NO MAXVALUE"),
    ("start", "START WITH", ""),
    ("cache", "CACHE", "CACHE 1"),
)
"""Attribute, its words in SQL, and what stands for its default."""


def _sequence_options(values: Mapping[str, Value]) -> str:
    parts = [f"{word} {values[key]}" for key, word, _ in SEQUENCE_OPTIONS if values.get(key) is not None]
    return " ".join([*parts, "CYCLE" if values.get("cycle") else "NO CYCLE"])


def constraint(entry: Object) -> str:
    """Return the text after ADD CONSTRAINT name."""
    attributes = entry.properties
    kind = entry.text_of("kind")
    if kind == "check":
        text = f"CHECK ({attributes['expression']})" + (" NO INHERIT" if attributes.get("no_inherit") else "")
    elif kind == "foreign key":
        text = _foreign_key(entry)
    elif kind == "exclusion":
        text = _exclusion(entry)
    else:
        distinct = " NULLS NOT DISTINCT" if attributes.get("nulls_not_distinct") else ""
        columns = ", ".join(entry.names_of("columns")) + (
            " WITHOUT OVERLAPS" if attributes.get("period") else ""
        )
        text = f"{kind.upper()}{distinct} ({columns}){_index_options(entry)}"
    if attributes.get("deferrable"):
        text += " DEFERRABLE" + (" INITIALLY DEFERRED" if attributes.get("initially_deferred") else "")
    if attributes.get("enforced") is False:
        return f"{text} NOT ENFORCED"
    # The key of a partitioned table is not valid until one of each partition is attached.
    return text + (
        " NOT VALID" if attributes.get("valid") is False and kind in ("check", "foreign key") else ""
    )


def _exclusion(entry: Object) -> str:
    attributes = entry.properties
    operators = [each if "." not in each else f"OPERATOR({each})" for each in entry.names_of("operators")]
    elements = [f"{key} WITH {operator}" for key, operator in zip(_keys(entry), operators, strict=True)]
    where = f" WHERE ({attributes['predicate']})" if "predicate" in attributes else ""
    return f"EXCLUDE USING {attributes['method']} ({', '.join(elements)}){_index_options(entry)}{where}"


def _index_options(entry: Object) -> str:
    attributes = entry.properties
    text = f" INCLUDE ({', '.join(entry.names_of('include'))})" if "include" in attributes else ""
    if "storage_parameters" in attributes:
        text += f" WITH ({', '.join(entry.names_of('storage_parameters'))})"
    return text


def _foreign_key(entry: Object) -> str:
    attributes = entry.properties
    ours, theirs = [list(entry.names_of(key)) for key in ("columns", "target_columns")]
    if attributes.get("period"):
        ours[-1], theirs[-1] = f"PERIOD {ours[-1]}", f"PERIOD {theirs[-1]}"
    text = f"FOREIGN KEY ({', '.join(ours)}) REFERENCES {attributes['target']} ({', '.join(theirs)})"
    if "match" in attributes:
        text += f" MATCH {entry.text_of('match').upper()}"
    for key, word in (("on_update", "UPDATE"), ("on_delete", "DELETE")):
        if key in attributes:
            text += f" ON {word} {entry.text_of(key).upper()}"
    if "on_delete_columns" in attributes:
        text += f" ({', '.join(entry.names_of('on_delete_columns'))})"
    return text


def _keys(entry: Object) -> list[str]:
    """Return the keys of an index or an exclusion constraint with collation, operator class and order."""
    keys = []
    for position, key in enumerate(entry.names_of("keys")):
        # Parentheses are optional around a function call and required around other expressions.
        plain = owner(entry).part("column", key) in entry.parents
        parts = [key if plain else f"({key})"]
        for attribute, form in (("collations", "COLLATE {}"), ("operator_classes", "{}"), ("order", "{}")):
            value = entry.values_of(attribute)[position : position + 1]
            if value and value[0] is not None:
                parts.append(form.format(value[0]))
        keys.append(" ".join(parts))
    return keys


def index(entry: Object, side: Schema) -> str:
    """Return the CREATE INDEX statement; an index of a partitioned table is made without those of its partitions."""
    attributes = entry.properties
    only = "ONLY " if "partition_key" in side.entries[entry.parents[0]].properties else ""
    text = f"CREATE {'UNIQUE ' if attributes.get('unique') else ''}INDEX {entry.key.name} ON {only}{owner(entry)}"
    text += f" USING {attributes['method']} ({', '.join(_keys(entry))})"
    if "include" in attributes:
        text += f" INCLUDE ({', '.join(entry.names_of('include'))})"
    if attributes.get("nulls_not_distinct"):
        text += " NULLS NOT DISTINCT"
    if "storage_parameters" in attributes:
        text += f" WITH ({', '.join(entry.names_of('storage_parameters'))})"
    return text + (f" WHERE {attributes['predicate']}" if "predicate" in attributes else "")


def created_table(entry: Object, side: Schema, without: Collection[Identity] = ()) -> str:
    """Return the CREATE TABLE statement with the columns that are not inherited.

    A partition is made as a table of its own and attached later: its constraints and indexes keep their names.
    ``without``: columns that are added later.
    """
    attributes = entry.properties
    inherits = entry.names_of("inherits")
    columns = [side.entries[entry.key.part("column", each)] for each in entry.names_of("column_order")]
    own = [each for each in columns if each.key not in without and (not inherits or is_own(each))]
    unlogged = "UNLOGGED " if attributes.get("persistence") == "unlogged" else ""
    text = f"CREATE {unlogged}TABLE {entry.key} ({', '.join(map(column, own))})"
    text += f" INHERITS ({', '.join(inherits)})" if inherits else ""
    if "partition_key" in attributes:
        text += f" PARTITION BY {attributes['partition_key']}"
    return text + (f" USING {attributes['access_method']}" if "access_method" in attributes else "")


def is_own(part: Object) -> bool:
    """Return whether a column or a constraint is not only inherited."""
    inherited = any(parent.kind == part.key.kind for parent in part.parents)
    return not inherited or bool(part.properties.get("local"))
