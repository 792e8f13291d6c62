"""Generate the SQL that turns the left schema into the right one.

First what stands in the way is dropped, then objects are renamed, then all is made and changed, each after what it
needs. What no statement is made for is listed. Compare the two databases again after running the script.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..comparison import derived_differences, versions
from ..comparison.accepted import accepted
from ..comparison.compare import DEFAULTS, compare_schemas
from ..comparison.difference import Difference
from ..comparison.options import Options
from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema
from .creation import Creation
from .definitions import is_own
from .dependencies import default_of
from .naming import NOTHING, owner
from .plan import Plan
from .removal import removal
from .renaming import all_statements


@dataclass
class Script:
    """The statements in order, and the differences without one."""

    first: list[str] = field(default_factory=list)
    """New labels of enums: PostgreSQL uses them only after the transaction that adds them."""
    statements: list[str] = field(default_factory=list)
    missing: list[Difference] = field(default_factory=list)

    def text(self) -> str:
        """Return one transaction, or two, followed by a comment for each difference without a statement.

        A client may send it as one string: what stands before ``BEGIN`` in that would belong to the transaction.
        """
        lines = []
        for transaction in [self.first, self.statements] if self.first else [self.statements]:
            lines += ["BEGIN;", *(f"{statement};" for statement in transaction), "COMMIT;"]
        lines += [
            f"-- not generated: {difference.kind} {difference.object} {difference.change} "
            f"{difference.attribute}".rstrip()
            for difference in self.missing
        ]
        return "\n".join(lines)


def generate(left: Schema, right: Schema, options: Options = DEFAULTS) -> Script:
    """Return the script for two schemas of the catalog reader; it leaves alone what the options leave out."""
    if left.version != right.version:
        left, right = versions.without_version_differences(left, right)
    right = accepted(left, right, options)
    differences = compare_schemas(left, right, options).differences
    if not differences:
        return Script()
    plan = Plan(left, right)
    while True:
        plan.run()
        creation = Creation(plan)
        early, late = removal(plan)
        renames = list(all_statements(plan.renames.applied, right, _rebuilt(plan)))
        creation.arrange()
        if not creation.circle:
            break
        plan.refused |= creation.circle
    schemas = [creation.taken(key) for key in sorted(plan.made) if key.kind == "schema"]
    done = [
        *early,
        *(step for rename, steps in renames if rename.kind == "schema" for step in steps or ()),
        *(step for steps in schemas for step in steps),
        *(step for rename, steps in renames if rename.kind != "schema" for step in steps or ()),
        *creation.statements(),
        *late,
    ]
    if any("CREATE OR REPLACE FUNCTION" in each or "CREATE OR REPLACE PROCEDURE" in each for each in done):
        # A body may name what is made after it.
        done.insert(0, "SET LOCAL check_function_bodies = off")
    unnamed = {rename.old for rename, steps in renames if steps is None}
    missing = [each for each in differences if not _is_done(each, plan, creation, unnamed)]
    return Script(creation.first(done), list(dict.fromkeys(done)), [*missing, *_hidden(plan, missing)])


def _rebuilt(plan: Plan) -> set[Identity]:
    return {plan.renamed[key].key for key in plan.dropped if key in plan.renamed}


def _is_done(each: Difference, plan: Plan, creation: Creation, unnamed: set[Identity]) -> bool:
    """Return whether the script does what one difference is about."""
    key = each.identity or NOTHING
    if each.change == "removed":
        # The differences have the names that objects of the left have after the renames.
        origins = [old for old in plan.dropped if old in plan.renamed and plan.renamed[old].key == key]
        return bool(origins) or key in creation.withdrawn
    if each.change == "added":
        return key in plan.made
    new = (
        _renamed(plan).get(key) if each.attribute in ("name", "schema") and each.kind != "extension" else None
    )
    if new is not None:
        return key not in unnamed and (new in plan.origin or new in plan.made)
    if key in plan.made or (each.attribute == "kind" and key.like("index") in plan.made):
        return True
    return (key, each.attribute) in creation.changed or (
        (each.kind, each.attribute) == ("column", "default") and _default_done(plan, default_of(key))
    )


def _renamed(plan: Plan) -> dict[Identity, Identity]:
    return {rename.old: rename.new for rename in plan.renames.applied}


def _default_done(plan: Plan, key: Identity) -> bool:
    return key in plan.made or (key not in plan.after.needs and key not in plan.kept)


def _hidden(plan: Plan, missing: list[Difference]) -> Iterator[Difference]:
    """Yield what comes with a new table or column and is not made, though that is."""
    named = {each.identity for each in missing if each.change == "added"}
    yield from _still_local(plan)
    for key in sorted(plan.refused & plan.new):
        entry = plan.right.entries.get(key)
        if entry is None or key in named or _above_is_named(plan, key, named):
            continue
        attribute = derived_differences.only_attribute(entry)
        yield Difference.of(entry.key, "added", attribute, None, None)


def _still_local(plan: Plan) -> Iterator[Difference]:
    """Yield what was a table's own before its parent had it, and stays its own beside: no statement changes that."""
    for entry in plan.right.of_kind("column", "constraint"):
        table = owner(entry)
        above = any(each.kind == entry.key.kind and each in plan.right.entries for each in entry.parents)
        if (
            not above
            or is_own(entry)
            or table in plan.refused
            or plan.right.entries[table].properties.get("partition_of")
        ):
            continue
        before = plan.left.entries.get(plan.origin.get(entry.key, NOTHING))
        added = (
            "inherits" in plan.changed.get(table, {})
            and entry.key in plan.made
            and plan.comes_by_itself(entry.key) is None
        )
        if added or (before is not None and (is_own(before) or _leaves_parents(plan, before, table))):
            yield Difference.of(entry.key, "changed", "local", True, False)


def _leaves_parents(plan: Plan, part: Object, table: Identity) -> bool:
    """Return whether a table leaves each parent of which it has a part: NO INHERIT makes the part its own."""
    left = plan.left.entries
    above = {owner(left[each]) for each in part.parents if each.kind == part.key.kind and each in left}
    return not {str(plan.partner.get(each)) for each in above} & {
        *plan.right.entries[table].names_of("inherits")
    }


def _above_is_named(plan: Plan, key: Identity, named: set[Identity | None]) -> bool:
    waiting, seen = [key], set()
    while waiting:
        entry = plan.right.entries.get(waiting.pop())
        if entry is None or entry.key in seen:
            continue
        seen.add(entry.key)
        if entry.key in named:
            return True
        waiting += entry.parents
    return False
