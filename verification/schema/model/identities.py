"""What a rename does to identities: the object's own, and those of whatever hangs on it.

Only the object itself and what has it among its parents move: another class may hold the same name.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from verification.schema.model.schema import Entry, Key

ANNOTATIONS: Final = frozenset({"comment", "grant", "security_label", "default_privileges"})
"""What is keyed by another object: it follows that object and is never renamed itself."""
WITH_ARGUMENT_TYPES: Final = frozenset(
    {"function", "procedure", "aggregate", "operator", "cast", "transform"}
)
"""What has types in its identity."""
PUBLICATION_MEMBERS: Final = frozenset({"publication_table", "publication_schema"})
NOT_IN_SCHEMAS: Final = ANNOTATIONS | PUBLICATION_MEMBERS | {"schema", "user_mapping"}
"""What has an identity that does not begin with its schema's."""
NAME_CONTINUES: Final = re.compile(r'[\w$"]')


class Renaming(Protocol):
    """One object under two names."""

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
        """What has another key by this alone: old key -> new key."""
        ...

    def identity(self, text: str) -> str:
        """Give a text that names types as it is after the rename."""
        ...


def apply_renames(entries: Mapping[Key, Entry], found: Iterable[Renaming]) -> dict[Key, Entry]:
    """Give all entries under the names after the renames; their attributes stay as they are."""
    moves = _KeyChanges(entries, found)
    after = (
        entry._replace(
            object=moves.key(entry.key)[1],
            parents=tuple(map(moves.key, entry.parents)),
            uses=tuple(map(moves.key, entry.uses)),
        )
        for entry in entries.values()
    )
    return {entry.key: entry for entry in after}


class _KeyChanges:
    def __init__(self, entries: Mapping[Key, Entry], found: Iterable[Renaming]) -> None:
        self.entries = entries
        self.found = tuple(found)
        self.known: dict[Key, Key] = {old: new for each in self.found for old, new in each.keys.items()}

    def key(self, key: Key) -> Key:
        if key not in self.known:
            self.known[key] = key  # nothing hangs on itself
            self.known[key] = (key[0], self._name(key))
        return self.known[key]

    def _name(self, key: Key) -> str:
        kind, name = key
        entry = self.entries.get(key)
        if entry is None:  # the name of what has no entry of its own: it begins with its owner's
            for each in self.found:
                for (_, old), (_, new) in each.keys.items():
                    name = _at(name, 0, old, new)
            return name
        for each in self.found:
            if each.kind == "schema" and kind not in NOT_IN_SCHEMAS:
                name = _at(name, 0, f"{each.old}.", f"{each.new}.")
        for parent in entry.parents:
            old, new = parent[1], self.key(parent)[1]
            if old != new:
                name = self._with_parent(kind, name, parent[0], old, new)
        if kind in WITH_ARGUMENT_TYPES:
            start, bracket, types = name.partition("(")
            for each in self.found:
                types = each.identity(types) if bracket else types
                start = each.identity(start) if kind == "transform" else start
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
    """Replace a name that stands at one place of a text."""
    if not text.startswith(old, start):
        return text
    rest = text[start + len(old) :]
    goes_on = not old.endswith(".") and NAME_CONTINUES.match(rest)
    return text if goes_on else text[:start] + new + rest
