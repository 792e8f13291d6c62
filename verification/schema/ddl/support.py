"""What the script can make, change and drop, by object class."""

from typing import Final

from ..model.objects import Object, with_meaning
from .changes import CHANGES
from .objects import CREATE
from .routines import is_plain_aggregate

TYPES: Final = frozenset({"enum", "composite", "domain", "range"})
REBUILT: Final = frozenset(
    {"view", "materialized_view", "function", "procedure", "trigger", "policy", "rule", "index", "constraint",
     "default", "statistics", "aggregate", "event_trigger", "comment", "grant", "type"}
)  # fmt: skip
"""Classes without rows or positions: an object is dropped and made again where no other statement will do."""
WITHOUT_CREATE: Final = ("comment", "grant", "default_privileges")
KNOWN: Final = {
    kind: frozenset(
        {*CHANGES.get(kind, ()), *with_meaning(kind, "made", "create"), *with_meaning(kind, "made", "after")}
    )
    for kind in (*CREATE, "table", "column", "constraint", "index", "sequence", *WITHOUT_CREATE)
}
"""Object class -> attributes that the SQL can express; an object with any other is not made."""


def set_afterwards(entry: Object) -> tuple[str, ...]:
    """Return the attributes that are set after CREATE."""
    return with_meaning(entry.key.kind, "made", "after")


def is_known(entry: Object) -> bool:
    """Return whether the script can make an object with all that it is."""
    if "extension" in entry.properties and entry.key.kind != "extension":
        return True  # the extension brings it
    if entry.key.kind not in KNOWN or set(entry.properties) - KNOWN[entry.key.kind]:
        return False
    if entry.key.kind == "aggregate":
        return is_plain_aggregate(entry)
    return entry.key.kind != "type" or entry.properties["category"] in TYPES


def is_of_other_grantor(entry: Object) -> bool:
    """Return whether somebody else than the owner granted a privilege, which the script cannot do for him."""
    return entry.key.kind == "grant" and any(" by " in each for each in entry.names_of("privileges"))


def is_member(entry: Object) -> bool:
    """Return whether an object comes and goes with an extension."""
    return entry.key.kind != "extension" and "extension" in entry.properties


def is_unique(entry: Object) -> bool:
    """Return whether an object is a key whose columns must contain those of the partition key."""
    return entry.properties.get("unique") is True or entry.properties.get("kind") in (
        "primary key",
        "unique",
        "exclusion",
    )
