"""Constraints of tables and domains: pg_constraint, together with the index of a constraint."""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from ..model.identity import Identity
from ..model.objects import Value
from . import indexes
from .indexes import Index
from .reader import FIRST_USER_OID, Reader, frozen, integers, numbers

KINDS: Final = {"c": "check", "f": "foreign key", "p": "primary key", "u": "unique", "x": "exclusion"}
NOT_NULL, TRIGGER = "n", "t"
ACTIONS: Final = {"r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
MATCHES: Final = {"f": "full", "p": "partial"}
BEHIND_CONSTRAINT: Final = frozenset({"p", "u", "x"})

CONSTRAINTS: Final = f"""
SELECT oid, quote_ident(conname) AS name, contype AS letter, conrelid AS relation, contypid AS domain,
    conindid AS index_oid, conparentid AS parent, confrelid AS target, conkey::text AS columns,
    confkey::text AS target_columns, coninhcount > 0 AS is_inherited,
    concat(confupdtype, confdeltype, confmatchtype) AS actions,
    condeferrable AS deferrable, condeferred AS deferred,
    CASE WHEN contype = 'c' THEN pg_get_expr(conbin, conrelid) END AS expression,
    CASE WHEN coninhcount > 0 OR NOT convalidated OR NOT {{enforced}} OR {{period}}
        OR connoinherit AND contype IN ('c', 'n') OR contype = 'x' OR {{delete_columns}} IS NOT NULL
    THEN json_build_object(
        'local', CASE WHEN contype IN ('c', 'x', 'f') AND coninhcount > 0 AND conislocal AND conparentid = 0
            THEN true END,
        'valid', NULLIF(convalidated, true),
        'enforced', NULLIF({{enforced}}, true),
        'no_inherit', CASE WHEN contype IN ('c', 'n') THEN NULLIF(connoinherit, false) END,
        'period', NULLIF({{period}}, false),
        'operators', CASE WHEN contype = 'x' THEN ARRAY(SELECT o.oid::regoper::text FROM unnest(conexclop)
            WITH ORDINALITY u(op, n) JOIN pg_operator o ON o.oid = u.op ORDER BY u.n) END,
        'on_delete_columns', {{delete_columns}}) END AS rare
FROM pg_constraint
WHERE oid >= {FIRST_USER_OID}
ORDER BY conname, conrelid, contypid
"""
"""As for indexes, lists are text, and attributes that few constraints have are one JSON object."""
SINCE: Final = (
    ("delete_columns", 15, "confdelsetcols", "NULL::int2[]"),
    ("enforced", 18, "conenforced", "true"),
    ("period", 18, "conperiod", "false"),
)
"""Name, first major version with a column, its expression, and that for servers before."""


class Row(NamedTuple):
    """One row of ``CONSTRAINTS``, whose columns have these names."""

    oid: int
    name: str
    letter: str
    relation: int
    domain: int
    index_oid: int
    parent: int
    target: int
    columns: str | None
    target_columns: str | None
    is_inherited: bool
    actions: str
    deferrable: bool
    deferred: bool
    expression: str | None
    rare: Mapping[str, Value] | None


SWITCHED_TRIGGERS: Final = f"""
SELECT t.tgconstraint, t.tgrelid::regclass::text || ' ' || p.proname || ' ' ||
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.oid >= {FIRST_USER_OID} AND t.tgisinternal AND t.tgenabled <> 'O' AND t.tgconstraint <> 0
ORDER BY 2, t.tgconstraint
"""


def read(reader: Reader) -> None:
    """Record constraints, and the indexes without one."""
    all_indexes = indexes.read(reader)
    rows = reader.named(Row, statement(reader.version))
    switched: dict[int, list[str]] = {}
    for constraint, text in reader.rows(SWITCHED_TRIGGERS):
        switched.setdefault(constraint, []).append(text)
    by_oid = {row.oid: row for row in rows}
    behind = {row.index_oid for row in rows if row.letter in BEHIND_CONSTRAINT}
    indexes.record(reader, {oid: index for oid, index in all_indexes.items() if oid not in behind})
    for row in rows:
        _constraint(reader, row, all_indexes, by_oid, switched.get(row.oid))


def statement(version: int) -> str:
    """Return the query for a major version."""
    text = CONSTRAINTS
    for name, since, expression, otherwise in SINCE:
        text = text.replace(f"{{{name}}}", expression if version >= since else otherwise)
    return text


def _constraint(
    reader: Reader,
    row: Row,
    all_indexes: Mapping[int, Index],
    by_oid: Mapping[int, Row],
    switched: list[str] | None,
) -> None:
    relation, letter, name = row.relation, row.letter, row.name
    owner = reader.addresses.get(("pg_class", relation, 0) if relation else ("pg_type", row.domain, 0))
    if owner is None or letter == TRIGGER:
        return
    key = owner.part("constraint", name)
    if letter == NOT_NULL:
        _not_null(reader, row, key, owner)
        return
    if letter not in KINDS:
        reader.not_compared(f"constraint {key} of kind {letter!r}")
        return
    attributes = _own(reader, row)
    if switched:
        attributes["triggers"] = tuple(sorted(switched))
    columns = numbers(row.columns) if relation else ()
    if letter == "f":
        if _is_generated(row, by_oid):
            reader.alias("pg_constraint", row.oid, key, owner)
            return
        attributes |= _foreign_key(reader, row, columns)
    elif letter in BEHIND_CONSTRAINT:
        attributes |= _index(reader, letter, row.index_oid, all_indexes[row.index_oid], key)
    parents = (
        owner,
        *reader.column_keys(relation, columns),
        *_inherited(reader, row, by_oid),
    )
    whole = indexes.attached_to(reader, row.index_oid, all_indexes) if letter in BEHIND_CONSTRAINT else None
    if whole and not row.is_inherited:
        attributes["partition_of"] = str(whole)
        parents = (*parents, whole)
    reader.add("pg_constraint", row.oid, key, attributes, *parents)


def _own(reader: Reader, row: Row) -> dict[str, Value]:
    """Return the attributes from the constraint's own row."""
    attributes: dict[str, Value] = {"kind": KINDS[row.letter]}
    if row.deferrable:
        attributes["deferrable"] = True
    if row.deferred:
        attributes["initially_deferred"] = True
    if row.expression is not None:
        attributes["expression"] = row.expression
    if row.rare:
        attributes |= {name: frozen(value) for name, value in row.rare.items() if value is not None}
    if "on_delete_columns" in attributes:
        names = reader.names(row.relation, integers(attributes["on_delete_columns"]))
        attributes["on_delete_columns"] = tuple(sorted(names))
    return attributes


def _index(reader: Reader, letter: str, oid: int, index: Index, key: Identity) -> dict[str, Value]:
    """Return the attributes from the constraint's index, which is part of the constraint."""
    attributes = dict(index.attributes)
    attributes.pop("unique", None)
    if letter != "x":
        if attributes["method"] == "btree":
            del attributes["method"]
        attributes["columns"] = attributes.pop("keys")
    reader.alias("pg_class", oid, indexes.key_of(reader, index), key)
    return attributes


def _foreign_key(reader: Reader, row: Row, columns: tuple[int, ...]) -> dict[str, Value]:
    target = row.target
    return {
        "target": str(reader.addresses.get(("pg_class", target, 0), target)),
        "target_columns": reader.names(target, numbers(row.target_columns))
        if target in reader.columns
        else (),
        "columns": reader.names(row.relation, columns),
        **_actions(row.actions),
    }


@cache
def _actions(letters: str) -> Mapping[str, Value]:
    values = {
        "on_update": ACTIONS.get(letters[0]),
        "on_delete": ACTIONS.get(letters[1]),
        "match": MATCHES.get(letters[2]),
    }
    return {name: value for name, value in values.items() if value is not None}


def _is_generated(row: Row, by_oid: Mapping[int, Row]) -> bool:
    """Return whether PostgreSQL created the foreign key for one partition of the referenced table."""
    root = row
    while root.parent in by_oid:
        root = by_oid[root.parent]
    return bool(root.target != row.target)


def _inherited(reader: Reader, row: Row, by_oid: Mapping[int, Row]) -> tuple[Identity, ...]:
    """Return the constraints that this one is inherited from: by pg_constraint, for checks by name."""
    if row.parent in by_oid:
        parent = by_oid[row.parent]
        whole = reader.addresses.get(("pg_class", parent.relation, 0))
        return (whole.part("constraint", parent.name),) if whole else ()
    if not row.is_inherited:
        return ()
    ancestors = (reader.addresses.get(("pg_class", oid, 0)) for oid in reader.ancestors[row.relation])
    return tuple(ancestor.part("constraint", row.name) for ancestor in ancestors if ancestor)


def _inherits_not_null(reader: Reader, owner: Identity, column: Identity) -> bool:
    """Return whether a partition inherits NOT NULL, whose constraint only the partitioned table can rename."""
    if "partition_of" not in reader.entries[owner].attributes:
        return False
    parents = (reader.entries.get(key) for key in reader.entries[column].parents if key.kind == "column")
    return any(parent and parent.attributes.get("not_null") for parent in parents)


def _not_null(reader: Reader, row: Row, key: Identity, owner: Identity) -> None:
    """Add a NOT NULL constraint, which has a name from PostgreSQL 18 on, to its column or domain."""
    column = (
        reader.addresses.get(("pg_class", row.relation, numbers(row.columns)[0])) if row.relation else owner
    )
    if column is None:
        return
    described = reader.entries[column].attributes
    if not _inherits_not_null(reader, owner, column):
        described["not_null_constraint"] = row.name
    rare = row.rare or {}
    for name in ("valid", "no_inherit"):
        if rare.get(name) is not None:
            described[f"not_null_{name}"] = rare[name]
    reader.alias("pg_constraint", row.oid, key, column)
