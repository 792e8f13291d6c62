"""Apply renames to the identities of objects and of everything that depends on them.

Only the renamed object and entries that have it among their parents change: an object of another class
may have the same name.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from .schema import Entry, Key

ANNOTATIONS: Final = frozenset({"comment", "grant", "security_label", "default_privileges"})
"""Classes with the identity of another object in theirs: they change with it and are never renamed themselves."""
WITH_ARGUMENT_TYPES: Final = frozenset(
    {"function", "procedure", "aggregate", "operator", "cast", "transform"}
)
"""Classes with names of types in their identity."""
PUBLICATION_MEMBERS: Final = frozenset({"publication_table", "publication_schema"})
NOT_IN_SCHEMAS: Final = ANNOTATIONS | PUBLICATION_MEMBERS | {"schema", "user_mapping"}
"""Classes with an identity that does not begin with a schema."""
NAME_CONTINUES: Final = re.compile(r'[\w$"]')


class Renaming(Protocol):
    """One object with two names."""

    @property
    def kind(self) -> str:
        """Its object class."""
        ...

    @property
    def old(self) -> str:
        """Its identity before."""
        ...

    @property
    def new(self) -> str:
        """Its identity after."""
        ...

    @property
    def keys(self) -> Mapping[Key, Key]:
        """Old key -> new key of each object that this rename changes itself."""
        ...

    def identity(self, text: str) -> str:
        """Return a text with names of types as they are after the rename."""
        ...


def apply_renames(entries: Mapping[Key, Entry], renames: Iterable[Renaming]) -> dict[Key, Entry]:
    """Return all entries with their keys, parents and uses as after the renames; attributes do not change."""
    changes = _KeyChanges(entries, renames)
    after = (
        entry._replace(
            object=changes.key(entry.key)[1],
            parents=tuple(map(changes.key, entry.parents)),
            uses=tuple(map(changes.key, entry.uses)),
        )
        for entry in entries.values()
    )
    return {entry.key: entry for entry in after}


class _KeyChanges:
    """The new key of each old one."""

    def __init__(self, entries: Mapping[Key, Entry], renames: Iterable[Renaming]) -> None:
        self.entries = entries
        self.renames = tuple(renames)
        self.known: dict[Key, Key] = {old: new for rename in self.renames for old, new in rename.keys.items()}

    def key(self, key: Key) -> Key:
        if key not in self.known:
            self.known[key] = key  # ends a circle of parents
            self.known[key] = (key[0], self._name(key))
        return self.known[key]

    def _name(self, key: Key) -> str:
        kind, name = key
        entry = self.entries.get(key)
        if entry is None:  # described by its owner's entry, whose identity its own begins with
            for rename in self.renames:
                for (_, old), (_, new) in rename.keys.items():
                    name = _at(name, 0, old, new)
            return name
        for rename in self.renames:
            if rename.kind == "schema" and kind not in NOT_IN_SCHEMAS:
                name = _at(name, 0, f"{rename.old}.", f"{rename.new}.")
        for parent in entry.parents:
            old, new = parent[1], self.key(parent)[1]
            if old != new:
                name = self._with_parent(kind, name, parent[0], old, new)
        if kind in WITH_ARGUMENT_TYPES:
            start, bracket, types = name.partition("(")
            for rename in self.renames:
                types = rename.identity(types) if bracket else types
                start = rename.identity(start) if kind == "transform" else start
            name = start + bracket + types
        return name

    def _with_parent(self, kind: str, name: str, parent: str, old: str, new: str) -> str:
        if kind == "default_privileges":
            return name.replace(f" in {old} to ", f" in {new} to ", 1)
        if kind in ANNOTATIONS:
            return _at(name, name.index(" ") + 1, old, new)
        if kind == "user_mapping" or (kind in PUBLICATION_MEMBERS and parent != "publication"):
            return name.removesuffix(old) + new if name.endswith(old) else name
        return _at(name, 0, old, new) if name.startswith(f"{old}.") else name


def _at(text: str, start: int, old: str, new: str) -> str:
    """Return a text with a name replaced that begins at one position; unchanged if it is not there."""
    if not text.startswith(old, start):
        return text
    rest = text[start + len(old) :]
    continues = not old.endswith(".") and NAME_CONTINUES.match(rest)
    return text if continues else text[:start] + new + rest
