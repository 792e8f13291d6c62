"""The statements that change one attribute of an object which stays.

An attribute that is not in ``CHANGES`` has none: the object is dropped and made again, or left to the user.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from ...postgres.server import identifier
from ..model.identity import Identity
from ..model.objects import Object, Value
from . import definitions, routines
from .definitions import SEQUENCE_OPTIONS
from .naming import address, literal, owner, word

Change: TypeAlias = Callable[[Object, Object], list[str] | None]
"""The object on the left and on the right -> statements, or None if there are none."""
HIGHEST: Final = 2**63 - 1
INTEGERS: Final = frozenset({"smallint", "integer", "bigint"})


def _relation(action: Callable[[Value, Value], str | None], attribute: str) -> Change:
    """Return a change of a relation by ALTER ... action, from the values before and after."""

    def change(left: Object, right: Object) -> list[str] | None:
        text = action(left.properties.get(attribute), right.properties.get(attribute))
        return [f"ALTER {address(right)} {text}"] if text else None

    return change


def _column(action: Callable[[Object], str]) -> Change:
    return lambda _, right: [f"ALTER TABLE {owner(right)} ALTER COLUMN {right.key.name} {action(right)}"]


def _parameter_actions(left: Object, right: Object, attribute: str) -> list[str]:
    """Return SET and RESET of storage parameters or options."""
    present, wanted = [set(side.names_of(attribute)) for side in (left, right)]
    names = [{each.partition("=")[0] for each in side} for side in (present, wanted)]
    return [
        *([f"SET ({', '.join(sorted(wanted - present))})"] if wanted - present else []),
        *([f"RESET ({', '.join(sorted(names[0] - names[1]))})"] if names[0] - names[1] else []),
    ]


def _parameters(attribute: str) -> Change:
    return lambda left, right: [
        f"ALTER {address(right)} {action}" for action in _parameter_actions(left, right, attribute)
    ]


def _column_options(left: Object, right: Object) -> list[str]:
    start = f"ALTER TABLE {owner(right)} ALTER COLUMN {right.key.name}"
    return [f"{start} {action}" for action in _parameter_actions(left, right, "options")]


def replica_identity(_: Value, after: Value) -> str | None:
    """Return the REPLICA IDENTITY clause."""
    if after == "index":
        return None  # the index was dropped: no statement sets this state
    text = str(after or "DEFAULT")
    return (
        f"REPLICA IDENTITY {text.replace('index ', 'USING INDEX ', 1) if text.startswith('index ') else text}"
    )


def _owner(_: Object, right: Object) -> list[str]:
    if right.key.kind == "sequence" and "owned_by" in right.properties:
        return []  # it follows its table
    return [f"ALTER {address(right)} OWNER TO {identifier(right.text_of('owner'))}"]


def _identity(left: Object, right: Object) -> list[str]:
    attributes, before = right.properties, left.properties
    column = f"ALTER TABLE {owner(right)} ALTER COLUMN {right.key.name}"
    if "identity_sequence" not in attributes:
        return []  # dropped first: a sequence may get its name; or that of a partition's parent
    always = right.text_of("identity").upper()
    if "identity" in before:
        return [f"{column} SET GENERATED {always}"]
    return [
        f"{column} ADD GENERATED {always} AS IDENTITY ({definitions.identity(right)})",
        *behind_rows(attributes["identity_sequence"], right, *_identity_limits(right)),
    ]


def _identity_limits(column: Object) -> list[Value]:
    return [column.properties.get(f"identity_{key}") for key in ("minimum", "maximum", "increment")]


def behind_rows(
    sequence: object, column: Object, minimum: Value, maximum: Value, increment: Value
) -> Iterator[str]:
    """Yield what sets a new sequence behind the rows that are there, which its column numbers already."""
    if column.text_of("type") in INTEGERS:
        low, high = _limits(minimum, maximum, increment)
        last = "min" if isinstance(increment, int) and increment < 0 else "max"
        position = f"{last}({column.key.name})"
        yield (
            f"SELECT pg_catalog.setval({literal(sequence)}, {position}) FROM {owner(column)} "  # noqa: S608 - names of the catalog
            f"HAVING {position} BETWEEN {low} AND {high}"
        )


def _identity_options(left: Object, right: Object) -> list[str] | None:
    """Return the options of an identity's sequence; they come with ADD GENERATED."""
    if "identity" not in left.properties or "identity" not in right.properties:
        return []
    sides = [
        {
            key: side.properties.get(f"identity_{key}")
            for key in ("increment", "minimum", "maximum", "start", "cache", "cycle")
        }
        for side in (left, right)
    ]
    return _sequence_steps(right.properties["identity_sequence"], *sides)


def _sequence_name(left: Object, right: Object) -> list[str] | None:
    before, after = [side.text_of("identity_sequence") for side in (left, right)]
    if not before or not after:
        return []
    old, new = Identity.parse("sequence", before), Identity.parse("sequence", after)
    return [f"ALTER SEQUENCE {old} RENAME TO {new.name}"] if old.schema == new.schema else None


def _sequence(left: Object, right: Object) -> list[str]:
    return _sequence_steps(right.key, left.properties, right.properties)


def _sequence_steps(sequence: object, before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
    """Return ALTER SEQUENCE; where a limit comes nearer, the position is moved within it first."""
    steps = []
    keys = ("minimum", "maximum", "increment")
    old, new = [[side.get(key) for key in keys] for side in (before, after)]
    if old != new:
        ends = [_limits(*side) for side in (old, new)]
        wide = (min(ends[0][0], ends[1][0]), max(ends[0][1], ends[1][1]))
        if wide != ends[1]:
            if wide != ends[0]:
                highest = f"MAXVALUE {wide[1]}" if wide[1] < HIGHEST else "NO MAXVALUE"
                steps.append(f"ALTER SEQUENCE {sequence} MINVALUE {wide[0]} {highest}")
            place = f"least(greatest(last_value, {ends[1][0]}), {ends[1][1]})"
            position = f"setval({literal(sequence)}, {place}, is_called)"
            steps.append(f"SELECT pg_catalog.{position} FROM {sequence}")  # noqa: S608 - names of the catalog
    options = []
    if before.get("type") != after.get("type"):
        options.append(f"AS {after['type']}")
    for key, text, none in SEQUENCE_OPTIONS:
        if before.get(key) != after.get(key):
            options.append(f"{text} {after[key]}" if after.get(key) is not None else none)
    if before.get("cycle") != after.get("cycle"):
        options.append("CYCLE" if after.get("cycle") else "NO CYCLE")
    return [*steps, f"ALTER SEQUENCE {sequence} {' '.join(options)}"] if options else steps


def _limits(minimum: Value, maximum: Value, increment: Value) -> tuple[int, int]:
    rising = not isinstance(increment, int) or increment > 0
    low = minimum if isinstance(minimum, int) else 1 if rising else -(2**63)
    high = maximum if isinstance(maximum, int) else HIGHEST if rising else -1
    return low, high


def _enum(left: Object, right: Object) -> list[str] | None:
    """Return ALTER TYPE ... ADD VALUE for each new label; None if one is gone or has moved."""
    before, after = [list(side.names_of("values")) for side in (left, right)]
    if [label for label in after if label in before] != before:
        return None
    steps = []
    for position, label in enumerate(after):
        if label not in before:
            place = f" AFTER {literal(after[position - 1])}" if position else ""
            place = f" BEFORE {literal(before[0])}" if before and not position else place
            steps.append(f"ALTER TYPE {right.key} ADD VALUE {literal(label)}{place}")
    return steps


def _composite(left: Object, right: Object) -> list[str] | None:
    """Return ALTER TYPE for attributes that are gone or come last; None for any other change."""
    before, after = [list(side.names_of("attributes")) for side in (left, right)]
    kept = [each for each in before if each in after]
    if after[: len(kept)] != kept:
        return None
    gone, new = [each for each in before if each not in kept], after[len(kept) :]
    if {_first_name(each) for each in gone} & {_first_name(each) for each in new}:
        return None  # the values of an attribute that stays would be lost
    actions = [
        *(f"DROP ATTRIBUTE {_first_name(each)}" for each in gone),
        *(f"ADD ATTRIBUTE {each}" for each in new),
    ]
    return [f"ALTER TYPE {right.key} {action}" for action in actions]


def _first_name(text: str) -> str:
    match = definitions.FIRST_NAME.match(text)
    return match[0] if match else text


def _domain_default(_: Object, right: Object) -> list[str]:
    default = right.properties.get("default")
    action = f"SET DEFAULT {default}" if default is not None else "DROP DEFAULT"
    return [f"ALTER DOMAIN {right.key} {action}"]


def _domain_not_null(_: Object, right: Object) -> list[str]:
    if not right.properties.get("not_null"):
        return [f"ALTER DOMAIN {right.key} DROP NOT NULL"]
    named = right.properties.get("not_null_constraint")
    action = f"ADD CONSTRAINT {named} NOT NULL" if named else "SET NOT NULL"
    return [f"ALTER DOMAIN {right.key} {action}"]


def _not_null(_: Object, right: Object) -> list[str]:
    if right.properties.get("not_null"):
        return [f"ALTER TABLE {owner(right)} {definitions.not_null(right)}"]
    return [f"ALTER TABLE {owner(right)} ALTER COLUMN {right.key.name} DROP NOT NULL"]


def _not_null_name(left: Object, right: Object) -> list[str] | None:
    before, after = [side.properties.get("not_null_constraint") for side in (left, right)]
    if not before or not after:
        return []
    where = f"DOMAIN {right.key}" if right.key.kind == "type" else f"TABLE {owner(right)}"
    return [f"ALTER {where} RENAME CONSTRAINT {before} TO {after}"]


def _validated(_: Object, right: Object) -> list[str] | None:
    if right.properties.get("valid") is False or right.text_of("kind") not in ("check", "foreign key"):
        return None
    domain = owner(right)[0] == "type"
    return [f"ALTER {'DOMAIN' if domain else 'TABLE'} {owner(right)} VALIDATE CONSTRAINT {right.key.name}"]


def _enabled(_: Object, right: Object) -> list[str]:
    """Return ENABLE or DISABLE of a trigger or a rule."""
    state = right.properties.get("enabled")
    action = "DISABLE" if state == "disabled" else f"ENABLE {str(state or '').upper()}".rstrip()
    if right.key.kind == "event_trigger":
        return [f"ALTER {address(right)} {action}"]
    return [f"ALTER TABLE {owner(right)} {action} {word(right)} {right.key.name}"]


def _storage(_: Object, right: Object) -> list[str] | None:
    """Return SET STORAGE; its word DEFAULT exists from PostgreSQL 16 on only."""
    kind = right.text_of("type")
    extended = kind.startswith(("text", "character", "bytea", "json")) or kind.endswith("[]")
    storage = right.properties.get("storage") or ("extended" if extended else None)
    return (
        [f"ALTER TABLE {owner(right)} ALTER COLUMN {right.key.name} SET STORAGE {storage}"]
        if storage
        else None
    )


def _generated(left: Object, right: Object) -> list[str] | None:
    """Return DROP EXPRESSION, which keeps the values; a plain column does not become generated."""
    if "generated" in right.properties or left.properties.get("generated_kind") != "stored":
        return None
    return [f"ALTER TABLE {owner(right)} ALTER COLUMN {right.key.name} DROP EXPRESSION"]


def _populated(_: Object, right: Object) -> list[str]:
    data = " WITH NO DATA" if right.properties.get("populated") is False else ""
    return [f"REFRESH MATERIALIZED VIEW {right.key}{data}"]


def owned_by(sequence: Object) -> list[str]:
    """Return the statements that give a sequence to a column; it must have the owner of the column's table before."""
    return [
        f"ALTER SEQUENCE {sequence.key} OWNER TO {identifier(sequence.text_of('owner'))}",
        f"ALTER SEQUENCE {sequence.key} OWNED BY {sequence.properties['owned_by']}",
    ]


def _owned_by(_: Object, right: Object) -> list[str]:
    """Return OWNED BY; the sequence is taken from its old column first, which may be dropped."""
    return owned_by(right) if "owned_by" in right.properties else []


def _extension_version(left: Object, right: Object) -> list[str] | None:
    """Return ALTER EXTENSION ... UPDATE, which never goes back."""
    before, after = [side.text_of("version") for side in (left, right)]
    numbers = [[int(each) for each in re.findall(r"\d+", text)] for text in (before, after)]
    return [f"ALTER EXTENSION {right.key} UPDATE TO {literal(after)}"] if numbers[0] < numbers[1] else None


def routine(left: Object, right: Object) -> list[str] | None:
    """Return CREATE OR REPLACE where PostgreSQL accepts it."""
    return [routines.definition(right)] if routines.replaceable(left, right) else None


ROUTINE: Final[Mapping[str, Change]] = {
    **dict.fromkeys(
        ("language", "body", "sql_body", "library", "volatility", "strict", "leakproof", "parallel", "cost", "rows",
         "security_definer", "support", "settings", "argument_defaults", "argument_names", "argument_modes",
         "result", "window", "transform_types"), routine),
    "owner": _owner,
}  # fmt: skip
STORAGE: Final = _parameters("storage_parameters")
CHANGES: Final[Mapping[str, Mapping[str, Change]]] = {
    "schema": {"owner": _owner},
    "extension": {
        "version": _extension_version,
        "schema": lambda _, right: [f"ALTER EXTENSION {right.key} SET SCHEMA {right.properties['schema']}"],
    },
    "type": {
        "owner": _owner,
        "values": _enum,
        "attributes": _composite,
        "default": _domain_default,
        "not_null": _domain_not_null,
        "not_null_constraint": _not_null_name,
    },
    "table": {
        "owner": _owner,
        "clustered_index": _relation(
            lambda _, after: f"CLUSTER ON {after}" if after else "SET WITHOUT CLUSTER", "clustered_index"
        ),
        "replica_identity": _relation(replica_identity, "replica_identity"),
        "row_security": _relation(
            lambda _, after: f"{'ENABLE' if after else 'DISABLE'} ROW LEVEL SECURITY", "row_security"
        ),
        "row_security_forced": _relation(
            lambda _, after: f"{'FORCE' if after else 'NO FORCE'} ROW LEVEL SECURITY", "row_security_forced"
        ),
        "persistence": _relation(
            lambda _, after: f"SET {'UNLOGGED' if after == 'unlogged' else 'LOGGED'}", "persistence"
        ),
        "storage_parameters": STORAGE,
    },
    "view": {"owner": _owner, "options": _parameters("options")},
    "materialized_view": {
        "owner": _owner,
        "storage_parameters": STORAGE,
        "populated": _populated,
        "clustered_index": _relation(
            lambda _, after: f"CLUSTER ON {after}" if after else "SET WITHOUT CLUSTER", "clustered_index"
        ),
    },
    "column": {
        "not_null": _not_null,
        "not_null_constraint": _not_null_name,
        "identity": _identity,
        "identity_sequence": _sequence_name,
        **dict.fromkeys(
            ("identity_increment", "identity_minimum", "identity_maximum", "identity_start", "identity_cache",
             "identity_cycle"), _identity_options),
        "storage": _storage,
        "compression": _column(lambda right: f"SET COMPRESSION {right.properties.get('compression', 'DEFAULT')}"),
        "statistics_target": _column(lambda right: f"SET STATISTICS {right.properties.get('statistics_target', -1)}"),
        "options": _column_options,
        "generated": _generated,
    },
    "constraint": {"valid": _validated},
    "sequence": {
        "owner": _owner,
        "owned_by": _owned_by,
        "persistence": _relation(
            lambda _, after: f"SET {'UNLOGGED' if after == 'unlogged' else 'LOGGED'}", "persistence"
        ),
        **dict.fromkeys(("type", "start", "increment", "minimum", "maximum", "cache", "cycle"), _sequence),
    },
    "function": ROUTINE,
    "procedure": ROUTINE,
    "trigger": {"enabled": _enabled},
    "event_trigger": {"owner": _owner, "enabled": _enabled},
    "aggregate": {"owner": _owner},
    "collation": {"owner": _owner},
    "rule": {"enabled": _enabled},
    "statistics": {"owner": _owner, "target": lambda _, right: [
        f"ALTER STATISTICS {right.key} SET STATISTICS {right.properties.get('target', -1)}"]},
}  # fmt: skip
"""Object class -> attribute -> how it changes."""
ADDED_LABEL: Final = re.compile(r"ALTER TYPE \S+ ADD VALUE (E?'(?:[^']|'')*')")
"""The statement that adds a label to an enum."""
