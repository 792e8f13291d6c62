"""The SQL of one column, constraint, index or sequence, from its entry in the model.

Source: the PostgreSQL documentation's pages CREATE TABLE, CREATE INDEX, CREATE SEQUENCE.
Every name in the model is already quoted where SQL needs it.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from verification.postgres.server import identifier
from verification.schema.comparison.renames import schema_of
from verification.schema.model.schema import Entry, Schema, Value

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
        return None  # the index is gone: there is no statement that leads to this
    word = "USING INDEX " + after.removeprefix("index ") if str(after).startswith("index ") else after
    return f"REPLICA IDENTITY {word or 'DEFAULT'}"


def _storage_parameters(before: Value, after: Value) -> str | None:
    given, gone = [set(side or ()) for side in (after, before)]
    names = {each.partition("=")[0] for each in given}
    reset = sorted({each.partition("=")[0] for each in gone} - names)
    changes = [f"SET ({', '.join(sorted(given - gone))})"] if given - gone else []
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
"""Attribute of a table -> what ALTER TABLE says for it, from the values before and after; None: no statement does."""
TABLE: Final = frozenset({"column_order", *SETTINGS})
KNOWN: Final = {
    "column": COLUMN,
    "constraint": CONSTRAINT,
    "index": INDEX,
    "sequence": SEQUENCE,
    "table": TABLE,
}
"""Object class -> attributes that its definition below expresses; any other cannot be generated."""


def _identity_change(left: Entry, right: Entry) -> str:
    found = right.attributes
    if "identity" not in found:
        return "DROP IDENTITY"
    always = found["identity"].upper()
    if "identity" in left.attributes:
        return f"SET GENERATED {always}"
    return f"ADD GENERATED {always} AS IDENTITY ({identity(right)})"


def _default_change(_: Entry, right: Entry) -> str | None:
    found = right.attributes
    if "generated" in found:
        return None
    return f"SET DEFAULT {found['default']}" if "default" in found else "DROP DEFAULT"


def _storage_change(_: Entry, right: Entry) -> str | None:
    found = right.attributes.get("storage")
    return f"SET STORAGE {found}" if found else None  # the type's own has a word of its own since 16 only


ALTERED: Final[Mapping[str, Callable[[Entry, Entry], str | None]]] = {
    "default": _default_change,
    "identity": _identity_change,
    "storage": _storage_change,
    "statistics_target": lambda _, right: f"SET STATISTICS {right.attributes.get('statistics_target', -1)}",
    "compression": lambda _, right: f"SET COMPRESSION {right.attributes.get('compression', 'default')}",
}
"""Attribute of a column -> what ALTER COLUMN says for it; None: no statement does."""


def is_known(entry: Entry) -> bool:
    """Return whether the definitions here express all that an object is."""
    if entry.kind == "comment":
        return True
    found = entry.attributes
    if entry.kind == "constraint" and (entry.parents[0][0] == "type" or found["kind"] == "exclusion"):
        return False
    return not set(found) - KNOWN[entry.kind]


def name(entry: Entry) -> str:
    """Return the last part of an identity, as SQL writes it."""
    owner = entry.parents[0][1]
    return entry.object.removeprefix(f"{owner}.")


def table(entry: Entry) -> str:
    """Return the relation that an entry belongs to."""
    return entry.parents[0][1]


def owner(entry: Entry) -> str:
    """Return the clause that makes an object the right one's."""
    return f"OWNER TO {identifier(entry.attributes['owner'])}"


def not_null(entry: Entry) -> str:
    """Return what ALTER TABLE says for a column that is NOT NULL; its constraint has a name from PostgreSQL 18."""
    constraint = entry.attributes.get("not_null_constraint")
    if constraint:
        return f"ADD CONSTRAINT {constraint} NOT NULL {name(entry)}"
    return f"ALTER COLUMN {name(entry)} SET NOT NULL"


def commented(comment: Entry, side: Schema) -> str | None:
    """Return what COMMENT ON takes for the object of a comment, None for classes that it names in other ways."""
    kind, _, identity = comment.object.partition(" ")
    if kind in ("index", "constraint"):
        # A constraint's index has no entry of its own; its identity is the constraint's.
        entry = side.get("index", identity) or side.get("constraint", identity)
        if entry is None or entry.parents[0][0] == "type":
            return None
        if kind == "index":
            return f"INDEX {schema_of(table(entry))}.{name(entry)}"
        return f"CONSTRAINT {name(entry)} ON {table(entry)}"
    return f"{kind.upper()} {identity}" if kind in ("table", "column", "sequence") else None


def column(entry: Entry) -> str:
    """Return what stands for a column in CREATE TABLE and ADD COLUMN."""
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
    """Return the options of an identity column's sequence."""
    found = {key.removeprefix("identity_"): value for key, value in entry.attributes.items()
             if key.startswith("identity_")}  # fmt: skip
    return f"SEQUENCE NAME {found['sequence']} {_sequence_options(found)}"


def sequence(entry: Entry) -> str:
    """Return the statement that creates a sequence; OWNED BY follows when its table is there."""
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
    """Return the statement that creates an index."""
    found = entry.attributes
    keys = []
    for location, key in enumerate(found["keys"]):
        # A column stands as it is, a call of a function too; any other expression in brackets.
        plain = key in {parent[1].removeprefix(f"{table(entry)}.") for parent in entry.parents}
        parts = [key if plain else f"({key})"]
        for attribute, form in (("collations", "COLLATE {}"), ("operator_classes", "{}"), ("order", "{}")):
            value = found.get(attribute, ())[location : location + 1]
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
