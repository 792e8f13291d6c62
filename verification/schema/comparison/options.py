"""What a comparison may overlook; by default it overlooks nothing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Options:
    """Each case that is allowed by an option only is a flag of its own (schema-objects.md)."""

    ignore: frozenset[str] = frozenset()
    """Object classes (``comment``), attributes (``owner``) or both (``table.owner``)."""
    column_order: Literal["information", "difference", "ignore"] = "information"
    """Physical order of a table's columns: squashes reorder them by design."""
    generated_names: bool = False
    """Constraints, indexes and sequences that mean the same are equal whatever their names."""
    list_order: bool = False
    """Order in IN lists and in INCLUDE is of no account."""
    body_whitespace: bool = False
    """White space in bodies of functions is of no account."""
    unique_index_as_constraint: bool = False
    """A unique constraint and an equal unique index are the same."""
    deparse_spelling: bool = False
    """Two spellings that PostgreSQL prints before and after a dump and restore are the same."""
