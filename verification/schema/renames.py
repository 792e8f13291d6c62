"""Renames: an object gone and an object come that are alike in everything but the name.

A rename changes the text of whatever names the object: those texts are no differences of their own.
Only what is alike in every attribute, and alike to nothing else, is taken for renamed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from verification.schema.model import Entry, Key, Value

RELATIONS: Final = frozenset({"table", "foreign_table", "view", "materialized_view"})
NOTES: Final = frozenset({"comment", "grant", "security_label", "default_privileges"})
"""What is keyed by another object: it follows that object and is never renamed itself."""
OWN_WORDS: Final = frozenset({"body", "comment", "label", "library"})
"""Attributes whose text PostgreSQL does not change when something is renamed."""
ORDER: Final = "column_order"

Alike = Callable[[Entry, Entry], bool]


@dataclass(frozen=True)
class Rename:
    """One object under two names."""

    kind: str
    old: str
    new: str
    table: Key | None = None
    """Of a column, an index or a constraint: the table, under its new name."""

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
    def _prefix(self) -> re.Pattern[str]:
        return re.compile(rf'(?<![\w$".]){re.escape(self.old_name)}\.')

    def identity(self, text: str) -> str:
        """Give an identity as it is after the rename."""
        return self._qualified.sub(lambda _: without_arguments(self.new), text)

    def text(self, text: str, *, within: bool) -> str:
        """Give a text as PostgreSQL prints it after the rename; ``within``: bare names are the table's."""
        if self.kind == "column" or (within and self.table):
            return self._bare.sub(lambda _: self.new_name, text) if within else text
        if within:
            text = self._prefix.sub(lambda _: f"{self.new_name}.", text)
        return self.identity(text)

    def plain(self, text: str) -> str:
        """Remove the labels by which a view keeps the old name outside."""
        if self.kind != "column":
            return text
        return self._kept_label.sub(r"\1", text)


def without_arguments(identity: str) -> str:
    """Give a routine's name without its argument types."""
    return identity.partition("(")[0]


def last_part(identity: str) -> str:
    """Give the last part of a qualified name as SQL writes it."""
    found = re.search(r'("(?:[^"]|"")*"|[^."]+)$', without_arguments(identity))
    return found.group(1) if found else identity


def container(entry: Entry) -> str:
    """Give what an identity stands in: the table, or the schema."""
    return without_arguments(entry.object)[: -len(last_part(entry.object))]


@dataclass
class Renames:
    """All renames found so far, and what they do to a value of the left."""

    found: list[Rename] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found)

    def entry(self, entry: Entry) -> Entry:
        """Give an entry of the left under the names of the right; its attributes stay as they are."""
        identity, parents, uses = entry.object, entry.parents, entry.uses
        for rename in self.found:
            identity = rename.identity(identity)
            parents = tuple((kind, rename.identity(name)) for kind, name in parents)
            uses = tuple((kind, rename.identity(name)) for kind, name in uses)
        return entry._replace(object=identity, parents=parents, uses=uses)

    def explain(self, entry: Entry, attribute: str, left: Value, right: Value) -> bool:
        """Tell whether the renames alone make the left value the right one."""
        if not self.found or attribute in OWN_WORDS:
            return False
        if attribute == "not_null_constraint":
            return False
        value = left
        for rename in self.found:
            within = self._within(rename, entry)
            value = apply(value, lambda text, r=rename, w=within: r.text(text, within=w))  # type: ignore[misc]
        if value == right:
            return True
        if "definition" not in attribute:
            return False
        for rename in self.found:
            value = apply(value, rename.plain)
            right = apply(right, rename.plain)
        return bool(value == right)

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
            or entry.key == rename.table
        )


def apply(value: Value, change: Callable[[str], str]) -> Value:
    """Change every text in a value."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(apply(each, change) for each in value)
    if isinstance(value, Mapping):
        return {key: apply(each, change) for key, each in value.items()}
    return value


def pairs(
    removed: Iterable[Entry], added: Iterable[Entry], alike: Alike, *, ambiguous: bool = False
) -> list[tuple[Entry, Entry]]:
    """Pair what is alike; ``ambiguous``: also where one is alike to several, in order of names."""
    left: dict[tuple[str, str], list[Entry]] = {}
    for entry in removed:
        left.setdefault((entry.kind, container(entry)), []).append(entry)
    right: dict[tuple[str, str], list[Entry]] = {}
    for entry in added:
        if (place := (entry.kind, container(entry))) in left:
            right.setdefault(place, []).append(entry)
    matched = []
    for place, candidates in right.items():
        others = left[place]
        matches = {old.key: [new for new in candidates if alike(old, new)] for old in others}
        taken: set[Key] = set()
        for old in sorted(others):
            free = [new for new in matches[old.key] if new.key not in taken]
            alone = len(free) == 1 and sum(free[0] in found for found in matches.values()) == 1
            if alone or (ambiguous and free):
                new = min(free)
                taken.add(new.key)
                matched.append((old, new))
    return matched
