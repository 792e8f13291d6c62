"""Renames: an object gone and an object come that are equivalent in everything but the name, or the schema.

A rename changes the text of whatever names the object: those texts are no differences of their own.
Only what is equivalent in every attribute, and equivalent to nothing else, is taken for renamed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from verification.schema.model.schema import Entry, Key, Value

RELATIONS: Final = frozenset({"table", "foreign_table", "view", "materialized_view"})
NOT_REWRITTEN: Final = frozenset({"body", "comment", "label", "library", "not_null_constraint"})
"""Attributes whose text PostgreSQL does not change when something is renamed."""
STATEMENTS: Final = frozenset({"definition", "sql_body", "using", "check"})
"""Attributes whose text may hold one name for two things, of which only one is renamed (``new.a``, ``t.a``)."""
COLUMN_ORDER: Final = "column_order"

TOKEN: Final = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[\w$]+|\s+|.', re.DOTALL)
"""A quoted name, a literal, a word, blanks, or any other sign."""


@dataclass(frozen=True)
class Rename:
    """One object under two names."""

    kind: str
    old: str
    new: str
    table: Key | None = None
    """Of a column, an index or a constraint: the table, under its new name."""

    @property
    def attribute(self) -> str:
        """What is another: the ``name``, or the ``schema`` of what was moved."""
        return "name" if self.old_name != self.new_name else "schema"

    @property
    def values(self) -> tuple[str, str]:
        """The name or the schema, before and after."""
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
        """What a view gains so that its own columns keep their names: ``new AS old``."""
        names = f"(?:{re.escape(self.old_name)}|{re.escape(self.new_name)})"
        return re.compile(rf'(?<![\w$"])({re.escape(self.new_name)}) AS {names}(?![\w$"])')

    @cached_property
    def _word(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$"]){re.escape(self.old_name)}(?![\w$"])')

    @cached_property
    def _prefix(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$".]){re.escape(self.old_name)}\.')

    def identity(self, text: str) -> str:
        """Give a text that holds identities as it is after the rename."""
        if self.kind == "schema":
            return self._prefix.sub(lambda _: f"{self.new}.", text)
        return self._qualified.sub(lambda _: without_arguments(self.new), text)

    def text(self, text: str, *, within: bool) -> str:
        """Give a text as PostgreSQL prints it after the rename; ``within``: bare names are the table's."""
        if self.kind == "schema":
            return self.identity(text)
        if self.kind == "column" or (within and self.table):
            return self._bare.sub(lambda _: self.new_name, text) if within else text
        if within:
            text = self._prefix.sub(lambda _: f"{self.new_name}.", text)
        return self.identity(text)

    def without_kept_labels(self, text: str) -> str:
        """Remove the labels by which a view keeps the old name outside."""
        if self.kind != "column":
            return text
        return self._kept_label.sub(r"\1", text)

    def moves_sequence(self, column: Entry, left: str, right: str) -> bool:
        """Whether a table that went to another schema took the sequence of an identity column with it."""
        if self.attribute != "schema" or (self.kind, self.new) not in column.parents:
            return False
        schemas = (schema_of(left), schema_of(right))
        return schemas == self.values and last_part(left) == last_part(right)

    def relabelled(self, definition: str) -> Iterator[str]:
        """Give the texts that a view's definition may have after one of its own columns is renamed."""
        for found in self._word.finditer(definition):
            before, after = definition[: found.start()], definition[found.end() :]
            if before.endswith(" AS "):
                yield f"{before}{self.new_name}{after}"
            yield f"{before}{self.old_name} AS {self.new_name}{after}"
            if before.endswith(f"{self.new_name} AS "):
                yield f"{before.removesuffix(' AS ')}{after}"


def without_arguments(identity: str) -> str:
    """Give a routine's name without its argument types, an operator class's without its access method."""
    return identity.partition("(")[0].partition(" using ")[0]


def last_part(identity: str) -> str:
    """Give the last part of a qualified name as SQL writes it."""
    found = re.search(r'("(?:[^"]|"")*"|[^."]+)$', without_arguments(identity))
    return found.group(1) if found else identity


def schema_of(identity: str) -> str:
    """Give the schema of what stands in one directly, else the table with its schema."""
    return without_arguments(identity)[: -len(last_part(identity))].removesuffix(".")


@dataclass
class Renames:
    """All renames found so far, and what they do to a value of the left."""

    found: list[Rename] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found)

    def explains(self, entry: Entry, attribute: str, left: Value, right: Value) -> bool:
        """Tell whether the renames alone make the left value the right one."""
        if not self.found or attribute in NOT_REWRITTEN:
            return False
        if attribute == "schema":
            return any(each.kind == "schema" and (left, right) == (each.old, each.new) for each in self.found)
        value = left
        for rename in self.found:
            within = self._within(rename, entry)
            value = map_texts(value, lambda text, r=rename, w=within: r.text(text, within=w))  # type: ignore[misc]
        if value in (right, self._with_schemas(right)):
            return True
        if attribute == "identity_sequence" and value and right:
            return any(each.moves_sequence(entry, value, right) for each in self.found)
        if "definition" in attribute and self._explained_by_labels(entry, value, right):
            return True
        return attribute in STATEMENTS and self._explained_by_tokens(entry, left, right)

    def _explained_by_labels(self, entry: Entry, left: Value, right: Value) -> bool:
        """Whether a view's two definitions are one but for the names that it gives its columns."""
        if any(
            right in each.relabelled(left)
            for each in self.found
            if each.kind == "column" and each.table == entry.key
        ):
            return True
        for rename in self.found:
            left, right = (
                map_texts(left, rename.without_kept_labels),
                map_texts(right, rename.without_kept_labels),
            )
        return bool(left == right)

    def _explained_by_tokens(self, entry: Entry, left: Value, right: Value) -> bool:
        """Whether two texts are one but for names of what is renamed, here under the old one, there under the new."""
        allowed = {(each.old_name, each.new_name) for each in self.found if self._within(each, entry)}
        if not allowed or not isinstance(left, str) or not isinstance(right, str):
            return False
        words, others = TOKEN.findall(left), TOKEN.findall(right)
        return len(words) == len(others) and all(
            pair[0] == pair[1] or pair in allowed for pair in zip(words, others, strict=True)
        )

    def _with_schemas(self, value: Value) -> Value:
        """Give a value of the right with a schema's rename: whatever else has that name has it twice."""
        for rename in self.found:
            if rename.kind == "schema":
                value = map_texts(value, rename.identity)
        return value

    def _within(self, rename: Rename, entry: Entry) -> bool:
        """Whether a bare name in this entry's texts is a name in the renamed object's table."""
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
    """Change every text in a value."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(map_texts(each, change) for each in value)
    if isinstance(value, Mapping):
        return {key: map_texts(each, change) for key, each in value.items()}
    return value
