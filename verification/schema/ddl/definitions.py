"""The SQL of one column, constraint, index or sequence, from its entry in the model.

Names in the model are already quoted where SQL needs it. Syntax:
https://www.postgresql.org/docs/current/sql-createtable.html, sql-altertable.html, sql-createindex.html,
sql-createsequence.html and sql-comment.html.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from ...postgres.server import identifier
from ..comparison.renames import schema_of
from ..model.schema import Entry, Schema, Value

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
Setting: TypeAlias = Callable[[Value, Value], str | None]


def _replica_identity(_: Value, after: Value) -> str | None:
    if after == "index":
        return None  # the index was dropped: no statement sets this state
    word = "USING INDEX " + after.removeprefix("index ") if str(after).startswith("index ") else after
    return f"REPLICA IDENTITY {word or 'DEFAULT'}"


def _storage_parameters(before: Value, after: Value) -> str | None:
    wanted, present = [set(side or ()) for side in (after, before)]
    names = {parameter.partition("=")[0] for parameter in wanted}
    reset = sorted({parameter.partition("=")[0] for parameter in present} - names)
    changes = [f"SET ({', '.join(sorted(wanted - present))})"] if wanted - present else []
    return ", ".join([*changes, *([f"RESET ({', '.join(reset)})"] if reset else [])])


SETTINGS: Final[Mapping[str, Setting]] = {
    "clustered_index": lambda _, after: f"CLUSTER ON {after}" if after else "SET WITHOUT CLUSTER",
    "replica_identity": _replica_identity,
    "row_security": lambda _, after: f"{'ENABLE' if after else 'DISABLE'} ROW LEVEL SECURITY",
    "row_security_forced": lambda _, after: f"{'FORCE' if after else 'NO FORCE'} ROW LEVEL SECURITY",
    "persistence": lambda _, after: f"SET {'UNLOGGED' if after == 'unlogged' else 'LOGGED'}",
    "owner": lambda _, after: f"OWNER TO {identifier(after)}",
    "storage_parameters": _storage_parameters,
}
"""Attribute of a table -> the action of ALTER TABLE, from the values before and after; None: there is none."""
TABLE: Final = frozenset({"column_order", *SETTINGS})
KNOWN: Final = {
    "column": COLUMN,
    "constraint": CONSTRAINT,
    "index": INDEX,
    "sequence": SEQUENCE,
    "table": TABLE,
}
"""Object class -> attributes that the SQL below can express; an object with any other is not generated."""


def _identity_change(left: Entry, right: Entry) -> str:
    attributes = right.attributes
    if "identity" not in attributes:
        return "DROP IDENTITY"
    always = attributes["identity"].upper()
    if "identity" in left.attributes:
        return f"SET GENERATED {always}"
    return f"ADD GENERATED {always} AS IDENTITY ({identity(right)})"


def _default_change(_: Entry, right: Entry) -> str | None:
    attributes = right.attributes
    if "generated" in attributes:
        return None
    return f"SET DEFAULT {attributes['default']}" if "default" in attributes else "DROP DEFAULT"


def _storage_change(_: Entry, right: Entry) -> str | None:
    attributes = right.attributes.get("storage")
    return (
        f"SET STORAGE {attributes}" if attributes else None
    )  # SET STORAGE DEFAULT exists from PostgreSQL 16 on


ALTERED: Final[Mapping[str, Callable[[Entry, Entry], str | None]]] = {
    "default": _default_change,
    "identity": _identity_change,
    "storage": _storage_change,
    "statistics_target": lambda _, right: f"SET STATISTICS {right.attributes.get('statistics_target', -1)}",
    "compression": lambda _, right: f"SET COMPRESSION {right.attributes.get('compression', 'default')}",
}
"""Attribute of a column -> the action of ALTER COLUMN; None: there is none."""


def is_known(entry: Entry) -> bool:
    """Return whether the SQL here can express all attributes of an object."""
    if entry.kind == "comment":
        return True
    attributes = entry.attributes
    if entry.kind == "constraint" and (entry.parents[0][0] == "type" or attributes["kind"] == "exclusion"):
        return False
    return not set(attributes) - KNOWN[entry.kind]


def name(entry: Entry) -> str:
    """Return the name of an object within its table or schema, quoted where SQL needs it."""
    owner = entry.parents[0][1]
    return entry.object.removeprefix(f"{owner}.")


def table(entry: Entry) -> str:
    """Return the table that a column, a constraint or an index belongs to."""
    return entry.parents[0][1]


def owner(entry: Entry) -> str:
    """Return the OWNER TO clause."""
    return f"OWNER TO {identifier(entry.attributes['owner'])}"


def not_null(entry: Entry) -> str:
    """Return the action of ALTER TABLE that sets NOT NULL; from PostgreSQL 18 on it names the constraint."""
    constraint = entry.attributes.get("not_null_constraint")
    if constraint:
        return f"ADD CONSTRAINT {constraint} NOT NULL {name(entry)}"
    return f"ALTER COLUMN {name(entry)} SET NOT NULL"


def commented(comment: Entry, side: Schema) -> str | None:
    """Return the object of COMMENT ON; None for classes that are not generated."""
    kind, _, identity = comment.object.partition(" ")
    if kind in ("index", "constraint"):
        # The index of a constraint has no entry of its own; it has the constraint's identity.
        entry = side.get("index", identity) or side.get("constraint", identity)
        if entry is None or entry.parents[0][0] == "type":
            return None
        if kind == "index":
            return f"INDEX {schema_of(table(entry))}.{name(entry)}"
        return f"CONSTRAINT {name(entry)} ON {table(entry)}"
    return f"{kind.upper()} {identity}" if kind in ("table", "column", "sequence") else None


def column(entry: Entry) -> str:
    """Return the definition of a column for CREATE TABLE and ADD COLUMN."""
    attributes = entry.attributes
    parts = [name(entry), str(attributes["type"])]
    if "collation" in attributes:
        parts.append(f"COLLATE {attributes['collation']}")
    if "storage" in attributes:
        parts.insert(2, f"STORAGE {attributes['storage']}")
    if "compression" in attributes:
        parts.insert(2, f"COMPRESSION {attributes['compression']}")
    if "generated" in attributes:
        parts.append(
            f"GENERATED ALWAYS AS ({attributes['generated']}) {attributes['generated_kind'].upper()}"
        )
    elif "identity" in attributes:
        parts.append(f"GENERATED {attributes['identity'].upper()} AS IDENTITY ({identity(entry)})")
    elif "default" in attributes:
        parts.append(f"DEFAULT {attributes['default']}")
    if attributes.get("not_null"):
        constraint = attributes.get("not_null_constraint")
        parts.append(f"CONSTRAINT {constraint} NOT NULL" if constraint else "NOT NULL")
    return " ".join(parts)


def identity(entry: Entry) -> str:
    """Return the options of an identity column's sequence."""
    attributes = {key.removeprefix("identity_"): value for key, value in entry.attributes.items()
             if key.startswith("identity_")}  # fmt: skip
    return f"SEQUENCE NAME {attributes['sequence']} {_sequence_options(attributes)}"


def sequence(entry: Entry) -> str:
    """Return the CREATE SEQUENCE statement without OWNED BY, which needs the table."""
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
    """Return the text after ADD CONSTRAINT name."""
    attributes = entry.attributes
    kind = attributes["kind"]
    if kind == "check":
        text = f"CHECK ({attributes['expression']})" + (" NO INHERIT" if attributes.get("no_inherit") else "")
    elif kind == "foreign key":
        text = _foreign_key(entry)
    else:
        distinct = " NULLS NOT DISTINCT" if attributes.get("nulls_not_distinct") else ""
        text = f"{kind.upper()}{distinct} ({', '.join(attributes['columns'])})"
        if "include" in attributes:
            text += f" INCLUDE ({', '.join(attributes['include'])})"
    if attributes.get("deferrable"):
        text += " DEFERRABLE" + (" INITIALLY DEFERRED" if attributes.get("initially_deferred") else "")
    if attributes.get("enforced") is False:
        return f"{text} NOT ENFORCED"
    return text + (" NOT VALID" if attributes.get("valid") is False else "")


def _foreign_key(entry: Entry) -> str:
    attributes = entry.attributes
    text = (
        f"FOREIGN KEY ({', '.join(attributes['columns'])}) "
        f"REFERENCES {attributes['target']} ({', '.join(attributes['target_columns'])})"
    )
    if "match" in attributes:
        text += f" MATCH {attributes['match'].upper()}"
    for key, word in (("on_update", "UPDATE"), ("on_delete", "DELETE")):
        if key in attributes:
            text += f" ON {word} {attributes[key].upper()}"
    if "on_delete_columns" in attributes:
        text += f" ({', '.join(attributes['on_delete_columns'])})"
    return text


def index(entry: Entry) -> str:
    """Return the CREATE INDEX statement."""
    attributes = entry.attributes
    keys = []
    for position, key in enumerate(attributes["keys"]):
        # Parentheses are optional around a function call and required around other expressions.
        plain = key in {parent[1].removeprefix(f"{table(entry)}.") for parent in entry.parents}
        parts = [key if plain else f"({key})"]
        for attribute, form in (("collations", "COLLATE {}"), ("operator_classes", "{}"), ("order", "{}")):
            value = attributes.get(attribute, ())[position : position + 1]
            if value and value[0] is not None:
                parts.append(form.format(value[0]))
        keys.append(" ".join(parts))
    text = f"CREATE {'UNIQUE ' if attributes.get('unique') else ''}INDEX {name(entry)} ON {table(entry)}"
    text += f" USING {attributes['method']} ({', '.join(keys)})"
    if "include" in attributes:
        text += f" INCLUDE ({', '.join(attributes['include'])})"
    if attributes.get("nulls_not_distinct"):
        text += " NULLS NOT DISTINCT"
    if "storage_parameters" in attributes:
        text += f" WITH ({', '.join(attributes['storage_parameters'])})"
    return text + (f" WHERE {attributes['predicate']}" if "predicate" in attributes else "")
