"""Renames of objects, and what they change in the texts of other objects.

PostgreSQL prints expressions and view definitions with current names, so one rename changes many texts.
Those changes are no differences of their own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ..model.identity import RELATIONS, Identity
from ..model.objects import Object, Value
from ..model.schema import renamed

COLUMN_ORDER: Final = "column_order"

TOKEN: Final = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[\w$]+|\s+|.', re.DOTALL)
"""A quoted name, a literal, a word, white space, or any other character."""


@dataclass(frozen=True)
class Rename:
    """One object with its name on the left and its name on the right."""

    old: Identity
    new: Identity
    table: Identity | None = None
    """The table of a column, an index or a constraint, with its new name."""

    @property
    def kind(self) -> str:
        """The object class."""
        return self.old.kind

    @property
    def attribute(self) -> str:
        """The attribute that differs: ``name``, or ``schema`` for a moved object."""
        return "name" if self.old_name != self.new_name else "schema"

    @property
    def values(self) -> tuple[str, str]:
        """The name or the schema, on the left and on the right."""
        if self.attribute == "name":
            return self.old_name, self.new_name
        return self.old.container, self.new.container

    @property
    def identities(self) -> Mapping[Identity, Identity]:
        """Old identity -> new identity."""
        return {self.old: self.new}

    @property
    def old_name(self) -> str:
        """The old name, without a function's arguments."""
        return self.old.name

    @property
    def new_name(self) -> str:
        """The new name."""
        return self.new.name

    @cached_property
    def _qualified(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$"]){re.escape(self.old.qualified)}(?![\w$"])')

    @cached_property
    def _bare(self) -> re.Pattern[str]:
        return re.compile(rf"""(?<![\w$"']){re.escape(self.old_name)}(?![\w$"'(])""")

    @cached_property
    def _kept_label(self) -> re.Pattern[str]:
        """The alias by which a view's column keeps its name after a rename in the table: ``new AS old``."""
        names = f"(?:{re.escape(self.old_name)}|{re.escape(self.new_name)})"
        return re.compile(rf'(?<![\w$"])({re.escape(self.new_name)}) AS {names}(?![\w$"])')

    @cached_property
    def _word(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$"]){re.escape(self.old_name)}(?![\w$"])')

    @cached_property
    def _prefix(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$".]){re.escape(self.old_name)}\.')

    def names(self, text: str) -> str:
        """Return a text of qualified names as it is after the rename."""
        if self.kind == "schema":
            return self._prefix.sub(lambda _: f"{self.new}.", text)
        return self._qualified.sub(lambda _: self.new.qualified, text)

    def text(self, text: str, *, within: bool) -> str:
        """Return a text as PostgreSQL prints it after the rename.

        ``within``: unqualified names in it are columns of the renamed object's table.
        """
        if self.kind == "schema":
            return self.names(text)
        if self.kind == "column" or (within and self.table):
            return self._bare.sub(lambda _: self.new_name, text) if within else text
        if within:
            text = self._prefix.sub(lambda _: f"{self.new_name}.", text)
        return self.names(text)

    def without_kept_labels(self, text: str) -> str:
        """Return a view's definition without the aliases that keep a renamed column's old name."""
        if self.kind != "column":
            return text
        return self._kept_label.sub(r"\1", text)

    def moves_sequence(self, column: Object, left: str, right: str) -> bool:
        """Return whether an identity column's sequence moved to another schema together with its table."""
        if self.attribute != "schema" or self.new not in column.parents:
            return False
        before, after = Identity.parse("sequence", left), Identity.parse("sequence", right)
        return (before.schema, after.schema) == self.values and before.name == after.name

    def relabelled(self, definition: str) -> Iterator[Value]:
        """Yield the definitions that a view may have after one of its own columns is renamed."""
        for match in self._word.finditer(definition):
            before, after = definition[: match.start()], definition[match.end() :]
            if before.endswith(" AS "):
                yield f"{before}{self.new_name}{after}"
            yield f"{before}{self.old_name} AS {self.new_name}{after}"
            if before.endswith(f"{self.new_name} AS "):
                yield f"{before.removesuffix(' AS ')}{after}"


def _uses(entry: Object, used: Identity) -> bool:
    return used in entry.uses or (used.kind in RELATIONS and _reads(entry, used))


def _reads(entry: Object, relation: Identity) -> bool:
    """Return whether an entry uses a column of a relation."""
    return any((used.schema, used.relation) == (relation.schema, relation.name) for used in entry.uses)


@dataclass(frozen=True)
class Renames:
    """All renames found so far, and what they change in values of the left."""

    applied: tuple[Rename, ...] = ()

    def explains(self, entry: Object, attribute: str, left: Value, right: Value) -> bool:
        """Return whether the renames alone turn the left value into the right one."""
        text = entry.meaning(attribute).text
        if not self.applied or text == "verbatim":
            return False
        if attribute == "schema":
            return any(rename.kind == "schema" and (left, right) == rename.values for rename in self.applied)
        value = left
        for rename in self.applied:
            within = self._within(rename, entry)
            value = map_texts(value, lambda text, r=rename, w=within: r.text(text, within=w))  # type: ignore[misc]
        if value in (right, self._with_schemas(right)):
            return True
        if attribute == "identity_sequence" and isinstance(value, str) and isinstance(right, str):
            return any(rename.moves_sequence(entry, value, right) for rename in self.applied)
        if text == "query" and self._explained_by_labels(entry, value, right):
            return True
        return text in ("query", "statement") and self._explained_by_tokens(entry, left, right)

    def rewritten(self, left: Object, right: Object, attribute: str, value: Value) -> Value:
        """Return a value that both sides have as the left one is after renames whose old names the right one uses.

        The same name means another object there: a new one has taken the name of a renamed one.
        """
        if left.uses == right.uses or left.meaning(attribute).text == "verbatim":
            return value
        for rename in self.applied:
            if _uses(left, rename.new) and not _uses(right, rename.new) and _uses(right, rename.old):
                within = self._within(rename, left)
                value = map_texts(value, lambda text, r=rename, w=within: r.text(text, within=w))  # type: ignore[misc]
        return value

    def _explained_by_labels(self, entry: Object, left: Value, right: Value) -> bool:
        """Return whether two definitions of a view differ only in aliases of renamed columns."""
        if isinstance(left, str) and any(
            right in rename.relabelled(left)
            for rename in self.applied
            if rename.kind == "column" and rename.table == entry.key
        ):
            return True
        for rename in self.applied:
            left, right = (
                map_texts(left, rename.without_kept_labels),
                map_texts(right, rename.without_kept_labels),
            )
        return bool(left == right)

    def _explained_by_tokens(self, entry: Object, left: Value, right: Value) -> bool:
        """Return whether two texts differ only in words that are the old and the new name of a renamed object."""
        allowed = {
            (rename.old_name, rename.new_name) for rename in self.applied if self._within(rename, entry)
        }
        if not allowed or not isinstance(left, str) or not isinstance(right, str):
            return False
        words, others = TOKEN.findall(left), TOKEN.findall(right)
        return len(words) == len(others) and all(
            pair[0] == pair[1] or pair in allowed for pair in zip(words, others, strict=True)
        )

    def _with_schemas(self, value: Value) -> Value:
        """Apply schema renames to a right-hand value as well.

        Another object with the schema's old name may have been rewritten on the left.
        """
        for rename in self.applied:
            if rename.kind == "schema":
                value = map_texts(value, rename.names)
        return value

    def _within(self, rename: Rename, entry: Object) -> bool:
        """Return whether an unqualified name in this entry's texts is one in the renamed object's table."""
        if rename.table is None:
            new = rename.new
            if rename.kind in ("schema", "extension"):
                return any(used.schema == new.name for used in entry.uses)
            return _reads(entry, new)
        if rename.kind != "column":
            return entry.key == rename.table
        return (
            rename.table in entry.parents
            or entry.properties.get("target") == str(rename.table)
            or rename.new in entry.uses
            or (entry.key == rename.table and "definition" not in entry.properties)
        )


@dataclass(frozen=True)
class Pair:
    """The objects of two schemas; those of the left have the names that they have after the renames."""

    left: Mapping[Identity, Object]
    right: Mapping[Identity, Object]
    renames: Renames = Renames()
    origins: Mapping[Identity, Identity] = field(default_factory=dict)
    """After renames: identity on the left -> the one that it had before them."""

    def after(self, renames: Iterable[Rename]) -> "Pair":
        """Return the pair with further renames applied."""
        new = tuple(renames)
        if not new:
            return self
        after = renamed(self.left, new)
        return Pair(
            {entry.key: entry for entry in after.values()},
            self.right,
            Renames((*self.renames.applied, *new)),
            {entry.key: self.origins.get(old, old) for old, entry in after.items()},
        )


def map_texts(value: Value, change: Callable[[str], str]) -> Value:
    """Return a value with a function applied to every text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(map_texts(item, change) for item in value)
    if isinstance(value, Mapping):
        return {key: map_texts(item, change) for key, item in value.items()}
    return value
