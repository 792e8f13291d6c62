"""What a comparison may ignore; by default nothing."""

from dataclasses import dataclass, fields
from typing import Literal, Self


@dataclass(frozen=True, kw_only=True)
class Options:
    """Every exception from strict equality is a field of its own."""

    ignore: frozenset[str] = frozenset()
    """Object classes (``comment``), attributes (``owner``) or both (``table.owner``)."""
    column_order: Literal["information", "difference", "ignore"] = "information"
    """Order of a table's columns; a squash changes it by design."""
    generated_names: bool = False
    """Constraints, indexes and sequences with the same properties are equal whatever their names."""
    list_order: bool = False
    """The order in IN lists and in INCLUDE does not count."""
    body_whitespace: bool = False
    """White space in bodies of functions does not count."""
    unique_index_as_constraint: bool = False
    """A unique constraint and a unique index with the same properties are equal."""
    deparse_spelling: bool = False
    """IN lists before and after a dump and restore are equal in snapshot files, which nobody can be asked about."""

    @classmethod
    def chosen(cls, source: object, *, ignore: tuple[str, ...] = ()) -> Self:
        """Take every option from an object with an attribute for each; ``ignore``: what is ignored besides."""
        values = {each.name: getattr(source, each.name) for each in fields(cls)}
        return cls(**{**values, "ignore": frozenset((*values["ignore"], *ignore))})
