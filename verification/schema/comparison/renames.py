"""Renames of objects, and what they change in the texts of other objects.

PostgreSQL prints expressions and view definitions with current names, so one rename changes many texts.
Those changes are no differences of their own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ..model.schema import Entry, Key, Value

RELATIONS: Final = frozenset({"table", "foreign_table", "view", "materialized_view"})
NOT_REWRITTEN: Final = frozenset({"body", "comment", "label", "library", "not_null_constraint"})
"""Attributes with texts that PostgreSQL stores as written: a rename does not change them."""
STATEMENTS: Final = frozenset({"definition", "sql_body", "using", "check"})
"""Attributes with texts in which one name may mean two objects, only one of them renamed (``new.a``, ``t.a``)."""
COLUMN_ORDER: Final = "column_order"

TOKEN: Final = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[\w$]+|\s+|.', re.DOTALL)
"""A quoted name, a literal, a word, white space, or any other character."""


@dataclass(frozen=True)
class Rename:
    """One object with its name on the left and its name on the right."""

    kind: str
    old: str
    new: str
    table: Key | None = None
    """The table of a column, an index or a constraint, with its new name."""

    @property
    def attribute(self) -> str:
        """The attribute that differs: ``name``, or ``schema`` for a moved object."""
        return "name" if self.old_name != self.new_name else "schema"

    @property
    def values(self) -> tuple[str, str]:
        """The name or the schema, on the left and on the right."""
        if self.attribute == "name":
            return self.old_name, self.new_name
        return schema_of(self.old), schema_of(self.new)

    @property
    def keys(self) -> Mapping[Key, Key]:
        """Old key -> new key."""
        return {(self.kind, self.old): (self.kind, self.new)}

    @cached_property
    def old_name(self) -> str:
        """The last part of the old identity, without a function's arguments."""
        return last_part(self.old)

    @cached_property
    def new_name(self) -> str:
        """The last part of the new identity."""
        return last_part(self.new)

    @cached_property
    def _qualified(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$"]){re.escape(without_arguments(self.old))}(?![\w$"])')

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

    def identity(self, text: str) -> str:
        """Return a text of identities as it is after the rename."""
        if self.kind == "schema":
            return self._prefix.sub(lambda _: f"{self.new}.", text)
        return self._qualified.sub(lambda _: without_arguments(self.new), text)

    def text(self, text: str, *, within: bool) -> str:
        """Return a text as PostgreSQL prints it after the rename.

        ``within``: unqualified names in it are columns of the renamed object's table.
        """
        if self.kind == "schema":
            return self.identity(text)
        if self.kind == "column" or (within and self.table):
            return self._bare.sub(lambda _: self.new_name, text) if within else text
        if within:
            text = self._prefix.sub(lambda _: f"{self.new_name}.", text)
        return self.identity(text)

    def without_kept_labels(self, text: str) -> str:
        """Return a view's definition without the aliases that keep a renamed column's old name."""
        if self.kind != "column":
            return text
        return self._kept_label.sub(r"\1", text)

    def moves_sequence(self, column: Entry, left: str, right: str) -> bool:
        """Return whether an identity column's sequence moved to another schema together with its table."""
        if self.attribute != "schema" or (self.kind, self.new) not in column.parents:
            return False
        schemas = (schema_of(left), schema_of(right))
        return schemas == self.values and last_part(left) == last_part(right)

    def relabelled(self, definition: str) -> Iterator[str]:
        """Yield the definitions that a view may have after one of its own columns is renamed."""
        for match in self._word.finditer(definition):
            before, after = definition[: match.start()], definition[match.end() :]
            if before.endswith(" AS "):
                yield f"{before}{self.new_name}{after}"
            yield f"{before}{self.old_name} AS {self.new_name}{after}"
            if before.endswith(f"{self.new_name} AS "):
                yield f"{before.removesuffix(' AS ')}{after}"


def without_arguments(identity: str) -> str:
    """Return a routine's name without its argument types, an operator class's without its access method."""
    return identity.partition("(")[0].partition(" using ")[0]


def last_part(identity: str) -> str:
    """Return the last part of a qualified name, quoted as in SQL."""
    match = re.search(r'("(?:[^"]|"")*"|[^."]+)$', without_arguments(identity))
    return match.group(1) if match else identity


def schema_of(identity: str) -> str:
    """Return the qualified name without its last part: the schema, or the table with its schema."""
    return without_arguments(identity)[: -len(last_part(identity))].removesuffix(".")


@dataclass
class Renames:
    """All renames found so far, and what they change in values of the left."""

    applied: list[Rename] = field(default_factory=list)

    def explains(self, entry: Entry, attribute: str, left: Value, right: Value) -> bool:
        """Return whether the renames alone turn the left value into the right one."""
        if not self.applied or attribute in NOT_REWRITTEN:
            return False
        if attribute == "schema":
            return any(
                rename.kind == "schema" and (left, right) == (rename.old, rename.new)
                for rename in self.applied
            )
        value = left
        for rename in self.applied:
            within = self._within(rename, entry)
            value = map_texts(value, lambda text, r=rename, w=within: r.text(text, within=w))  # type: ignore[misc]
        if value in (right, self._with_schemas(right)):
            return True
        if attribute == "identity_sequence" and value and right:
            return any(rename.moves_sequence(entry, value, right) for rename in self.applied)
        if "definition" in attribute and self._explained_by_labels(entry, value, right):
            return True
        return attribute in STATEMENTS and self._explained_by_tokens(entry, left, right)

    def _explained_by_labels(self, entry: Entry, left: Value, right: Value) -> bool:
        """Return whether two definitions of a view differ only in aliases of renamed columns."""
        if any(
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

    def _explained_by_tokens(self, entry: Entry, left: Value, right: Value) -> bool:
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
                value = map_texts(value, rename.identity)
        return value

    def _within(self, rename: Rename, entry: Entry) -> bool:
        """Return whether an unqualified name in this entry's texts is one in the renamed object's table."""
        if rename.table is None:
            return any(used[1].startswith(f"{rename.new}.") for used in entry.uses)
        if rename.kind != "column":
            return entry.key == rename.table
        return (
            rename.table in entry.parents
            or entry.attributes.get("target") == rename.table[1]
            or ("column", rename.new) in entry.uses
            or (entry.key == rename.table and "definition" not in entry.attributes)
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
