"""What the script can make, change and drop, by object class."""

from typing import Final

from ..model.schema import Entry
from .changes import CHANGES
from .routines import is_plain_aggregate

TYPES: Final = frozenset({"enum", "composite", "domain", "range"})
REBUILT: Final = frozenset(
    {"view", "materialized_view", "function", "procedure", "trigger", "policy", "rule", "index", "constraint",
     "default", "statistics", "aggregate", "event_trigger", "comment", "grant", "type"}
)  # fmt: skip
"""Classes without rows or positions: an object is dropped and made again where no other statement will do."""
KNOWN: Final = {
    kind: frozenset({*CHANGES.get(kind, ()), *attributes.split()})
    for kind, attributes in {
        "schema": "",
        "extension": "",
        "type": "category base_type collation subtype operator_class subtype_collation canonical "
        "subtype_difference multirange",
        "table": "column_order partition_key partition_of partition_bound inherits access_method",
        "column": "type collation default generated generated_kind local",
        "constraint": "kind columns include nulls_not_distinct deferrable initially_deferred no_inherit expression "
        "target target_columns on_update on_delete on_delete_columns match enforced keys operators method predicate "
        "order operator_classes collations storage_parameters period local",
        "index": "method keys unique nulls_not_distinct predicate include order operator_classes collations "
        "storage_parameters partition_of",
        "sequence": "",
        "view": "definition column_order",
        "materialized_view": "definition access_method column_order",
        "function": "",
        "procedure": "",
        "trigger": "function arguments condition old_table new_table constraint referenced_table deferrable "
        "initially_deferred timing level events columns inherited",
        "rule": "definition",
        "policy": "command permissive roles using check",
        "aggregate": "result language volatility cost argument_names argument_modes aggregate parallel",
        "collation": "provider locale deterministic rules version",
        "event_trigger": "event function tags",
        "statistics": "table kinds columns expressions",
        "comment": "comment",
        "grant": "privileges",
        "default_privileges": "privileges",
    }.items()
}
"""Object class -> attributes that the SQL can express; an object with any other is not made."""
AFTERWARDS: Final = {
    "table": ("owner", "row_security", "row_security_forced", "storage_parameters"),
    "column": ("storage", "statistics_target", "options"),
    "trigger": ("enabled",),
    "rule": ("enabled",),
    "event_trigger": ("owner", "enabled"),
    "statistics": ("owner", "target"),
    **dict.fromkeys(
        (
            "schema",
            "type",
            "sequence",
            "view",
            "materialized_view",
            "function",
            "procedure",
            "aggregate",
            "collation",
        ),
        ("owner",),
    ),
}
"""Object class -> attributes that are set after CREATE."""


def is_known(entry: Entry) -> bool:
    """Return whether the script can make an object with all that it is."""
    if "extension" in entry.attributes and entry.kind != "extension":
        return True  # the extension brings it
    if entry.kind not in KNOWN or set(entry.attributes) - KNOWN[entry.kind]:
        return False
    if entry.kind == "aggregate":
        return is_plain_aggregate(entry)
    return entry.kind != "type" or entry.attributes["category"] in TYPES


def is_of_other_grantor(entry: Entry) -> bool:
    """Return whether somebody else than the owner granted a privilege, which the script cannot do for him."""
    return entry.kind == "grant" and any(" by " in each for each in entry.attributes["privileges"])


def is_member(entry: Entry) -> bool:
    """Return whether an object comes and goes with an extension."""
    return entry.kind != "extension" and "extension" in entry.attributes
