"""The statements that drop objects, each before what it needs, in the names of the left."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object
from . import support
from .dependencies import ANNOTATIONS, DEFAULT, default_of
from .naming import address, owner
from .order import ordered
from .plan import Plan

LATE: Final = frozenset({"type", "extension", "schema"})
"""Classes that columns lean on until their types have changed, and objects until they are moved."""


def removal(plan: Plan) -> tuple[list[str], list[str]]:
    """Return the statements before all others and those after."""
    alone = {key for key in plan.dropped if _carrier(plan, key) is None}
    needs: dict[Identity, set[Identity]] = defaultdict(set)
    for key in plan.dropped:
        for each in plan.before.needs.get(key, set()) & plan.dropped:
            above, below = _top(plan, each), _top(plan, key)
            if each.kind == key.kind and plan.left.entries[key].properties.get("local"):
                above, below = below, above  # what is a child's own, too, stays until its parent's is gone
            needs[below].add(above)
    order, circle = ordered(alone, needs, lambda _: 0)
    early, late = [*_detached(plan), *_identities(plan), *_disowned(plan)], list[str]()
    waits: set[Identity] = set()
    for key in [*reversed(order), *sorted(circle)]:
        if key in waits or (key.kind in LATE and key not in plan.partner):
            waits |= {key, *needs[key]}
        statement = _statement(plan, key)
        if statement:
            (late if key in waits else early).append(statement)
    for new in sorted(plan.replaced):
        old = plan.left.entries[plan.origin[new]]
        early.append(f"ALTER {address(old)} RENAME TO {_put_aside(old)}")
        late.insert(0, f"DROP {address(old).removesuffix(old.key.name)}{_put_aside(old)}")
    return early, late


def _put_aside(entry: Object) -> str:
    return '"' + entry.key.name.strip('"').replace('""', '"')[:57].replace('"', '""') + '__old"'


def _carrier(plan: Plan, key: Identity) -> Identity | None:
    """Return a dropped object with which PostgreSQL drops this one."""
    if key.kind == DEFAULT:
        column = key.like("column")
        stays = owner(plan.left.entries[column]) in plan.detached
        above = [each for each in _parents(plan, column) if not (stays and each.kind == "column")]
        return _first(plan, (column, *above))
    entry = plan.left.entries[key]
    if support.is_member(entry):
        return _first(plan, [each for each in entry.parents if each.kind == "extension"] or entry.parents)
    above = [each for each in _parents(plan, key) if plan.before.is_part(key, each)]
    same = _first(plan, [each for each in above if each.kind == key.kind])
    if owner(entry) in plan.detached:
        same, above = None, [each for each in above if each.kind != key.kind]
    target = Identity.parse("table", entry.text_of("target", "-"))
    if same is None and target in plan.dropped and target != owner(entry):
        return None  # a foreign key: two tables may refer to each other
    return _first(plan, above) if same is None or owner(entry) in plan.dropped else same


def _parents(plan: Plan, key: Identity) -> tuple[Identity, ...]:
    return plan.left.entries[key].parents


def _first(plan: Plan, keys: Iterable[Identity]) -> Identity | None:
    return next((each for each in keys if each in plan.dropped), None)


def _top(plan: Plan, key: Identity) -> Identity:
    while (above := _carrier(plan, key)) is not None:
        key = above
    return key


def _detached(plan: Plan) -> list[str]:
    statements = [
        f"ALTER TABLE {parent} DETACH PARTITION {key}"
        for key in sorted(plan.dropped)
        if key.kind == "table"
        for parent in plan.left.entries[key].names_of("partition_of")
        if _is_referenced(plan, Identity.parse("table", parent))
    ]
    for key in sorted(plan.detached):
        entry, after = plan.left.entries[key], plan.right.entries[plan.partner[key]]
        partition_of, inherits = [entry.names_of(each) for each in ("partition_of", "inherits")]
        kept = after.names_of("inherits")
        statements += [f"ALTER TABLE {parent} DETACH PARTITION {key}" for parent in partition_of]
        statements += [
            f"ALTER TABLE {key} NO INHERIT {parent}"
            for parent in inherits
            if str(plan.partner.get(Identity.parse("table", parent))) not in kept
        ]
    return statements


def _is_referenced(plan: Plan, table: Identity) -> bool:
    """Return whether a foreign key refers to a table that stays: it holds each partition until that is detached."""
    if table in plan.dropped:
        return False
    refers = any(
        each.kind == "constraint" and plan.left.entries[each].text_of("target") == str(table)
        for each in plan.before.dependents.get(table, ())
    )
    above = plan.left.entries[table].names_of("partition_of")
    return refers or any(_is_referenced(plan, Identity.parse("table", each)) for each in above)


def _identities(plan: Plan) -> list[str]:
    """Drop the identities of columns that stay, whose sequences' names are free then."""
    columns = [
        plan.left.entries[plan.origin[key]]
        for key, changed in plan.changed.items()
        if key.kind == "column"
        and "identity" in changed
        and "identity" not in plan.right.entries[key].properties
        and "identity_sequence" in plan.left.entries[plan.origin[key]].properties
    ]
    return [f"ALTER TABLE {owner(each)} ALTER COLUMN {each.key.name} DROP IDENTITY" for each in columns]


def _disowned(plan: Plan) -> list[str]:
    """Take sequences that stay from their columns, which may be dropped."""
    return [
        f"ALTER SEQUENCE {plan.origin[key]} OWNED BY NONE"
        for key, changed in plan.changed.items()
        if key.kind == "sequence" and changed.get("owned_by", (None,))[0] and key not in plan.refused
    ]


def _statement(plan: Plan, key: Identity) -> str | None:
    if key.kind == DEFAULT:
        return _drop_default(plan, key)
    entry = plan.left.entries[key]
    match entry.key.kind:
        case _ if (
            support.is_member(entry) or key.kind in (*ANNOTATIONS, "default_privileges") or _went(plan, entry)
        ):
            return None
        case "column":
            return f"ALTER TABLE {owner(entry)} DROP COLUMN {entry.key.name}"
        case "constraint":
            where = "DOMAIN" if owner(entry)[0] == "type" else "TABLE"
            return f"ALTER {where} {owner(entry)} DROP CONSTRAINT {entry.key.name}"
    return f"DROP {address(entry)}"


def _went(plan: Plan, entry: Object) -> bool:
    """Return whether DETACH PARTITION has dropped a trigger already."""
    return bool(
        entry.key.kind == "trigger" and entry.properties.get("inherited") and owner(entry) in plan.detached
    )


def _drop_default(plan: Plan, key: Identity) -> str | None:
    column = plan.left.entries[key.like("column")]
    new = plan.partner.get(column.key)
    needed = plan.before.needs[key] - {column.key}
    if new and default_of(new) in plan.made and new not in plan.retyped and not needed & plan.dropped:
        return None  # SET DEFAULT replaces it
    only = plan.before.only(column.key)
    return f"ALTER TABLE {only}{owner(column)} ALTER COLUMN {column.key.name} DROP DEFAULT"
