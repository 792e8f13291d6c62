"""ALTER ... RENAME TO and SET SCHEMA for the renames that the comparison found."""

from collections.abc import Iterable, Iterator
from typing import Final

from ..comparison.extension_moves import ExtensionMove
from ..comparison.renames import Rename
from ..model.identity import Identity
from ..model.objects import Object
from ..model.schema import Schema
from .naming import owner, word

PARTS: Final = {"column": "COLUMN", "constraint": "CONSTRAINT"}
ON_TABLE: Final = frozenset({"trigger", "policy", "rule"})
OTHERS: Final = frozenset(
    {
        "table",
        "view",
        "materialized_view",
        "sequence",
        "function",
        "procedure",
        "type",
        "schema",
        "index",
        "statistics",
    }
)


def in_order(renames: Iterable[Rename]) -> list[Rename]:
    """Return the renames so that a name is free before another object gets it."""
    waiting, done = list(renames), []
    while waiting:
        taken = {each.old for each in waiting}
        free = [each for each in waiting if each.new not in taken] or waiting
        waiting.remove(free[0])
        done.append(free[0])
    return done


def is_derived(rename: Rename, right: Schema, applied: Iterable[Rename]) -> bool:
    """Return whether PostgreSQL renames the object with its parent table's, or moves it with its table."""
    entry = right.entries[rename.new]
    parents = {key for key in entry.parents if key.kind == rename.kind}
    with_parent = any(each.new in parents and each.values == rename.values for each in applied)
    if rename.kind == "sequence" and rename.attribute == "schema":
        moved = {each.new for each in applied if each.kind == "table" and each.attribute == "schema"}
        column = Identity.parse("column", entry.text_of("owned_by", "-"))
        return with_parent or Identity("table", column.schema, name=column.relation) in moved
    return with_parent


def statements(rename: Rename, entry: Object) -> list[str] | None:
    """Return the statements, in the names of its container after that one's rename; None: there are none."""
    old, new = rename.old_name, rename.new_name
    above = owner(entry)
    if rename.attribute == "schema":
        return [f"ALTER {word(entry)} {rename.old} SET SCHEMA {rename.new.container}"]
    if rename.kind in PARTS:
        where = "DOMAIN" if above.kind == "type" else "TABLE"
        return [f"ALTER {where} {above} RENAME {PARTS[rename.kind]} {old} TO {new}"]
    if rename.kind in ON_TABLE:
        return [f"ALTER {word(entry)} {old} ON {above} RENAME TO {new}"]
    if rename.kind == "index":
        return [f"ALTER INDEX {above.schema}.{old} RENAME TO {new}"]
    if rename.kind not in OTHERS:
        return None
    return [f"ALTER {word(entry)} {rename.old} RENAME TO {new}"]


def all_statements(
    renames: Iterable[Rename], right: Schema, rebuilt: set[Identity]
) -> Iterator[tuple[Rename, list[str] | None]]:
    """Yield each rename that is no object's new definition, with its statements."""
    applied = [each for each in renames if not isinstance(each, ExtensionMove)]
    for rename in in_order(applied):
        if rename.new in rebuilt or is_derived(rename, right, applied):
            yield rename, []
        else:
            yield rename, statements(rename, right.entries[rename.new])
