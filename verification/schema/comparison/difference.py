"""One difference between two databases: the result of a comparison, and what reports print."""

from dataclasses import dataclass, field, fields
from typing import Self, TypeAlias

from ..model.identity import Identity

Shown: TypeAlias = object
"""A value as a report shows it."""


@dataclass(frozen=True, order=True)
class Difference:
    """One cause of inequality; ``left`` and ``right`` are plain values that JSON can hold."""

    kind: str
    """The object's class in the singular: ``table``, ``column``, ``index`` ..."""
    object: str
    """Its qualified name: ``public.payments_order.payments_or_status_idx``."""
    change: str
    """``added`` (only the right has it), ``removed`` (only the left) or ``changed``."""
    attribute: str = ""
    """What differs of an object that both have; empty for a whole object."""
    left: Shown = None
    right: Shown = None
    identity: Identity | None = field(default=None, compare=False, repr=False, kw_only=True)
    """Class and name of an object of a schema, as the left has it."""

    @classmethod
    def of(
        cls, identity: Identity, change: str, attribute: str = "", left: Shown = None, right: Shown = None
    ) -> Self:
        """Return the difference of an object of a schema."""
        return cls(identity.kind, str(identity), change, attribute, left, right, identity=identity)

    @property
    def names(self) -> tuple[str, str]:
        """The names of its table and its own, without quotes; empty for what is no object of a schema."""
        return self.identity.unquoted if self.identity else ("", "")

    @property
    def place(self) -> str:
        """The qualified name of its table, or its own; what is no object of a schema has only its own."""
        return (self.identity and self.identity.place) or self.object

    def to_json(self) -> dict[str, Shown]:
        """Return the object that ``--format json`` prints."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.compare}

    @property
    def line(self) -> str:
        """The difference in one line: what, where, and both sides."""
        return self.between("the left", "the right")

    def between(self, left: str, right: str) -> str:
        """Return the difference in one line, with these names for the two sides."""
        what = f"{self.kind} {self.object}"
        if self.change == "removed":
            return f"{what}: missing on {right}" if right == "the right" else f"{what}: missing in {right}"
        if self.change == "added":
            return f"{what}: only on {right}" if right == "the right" else f"{what}: only in {right}"
        at = "on" if right == "the right" else "in"
        return f"{what}: {self.attribute} is {_quoted(self.left)} {at} {left}, {_quoted(self.right)} {at} {right}"


def in_words(value: Shown) -> str:
    """Return a value as people read it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _quoted(value: Shown) -> str:
    return repr(value) if isinstance(value, str) else in_words(value)
