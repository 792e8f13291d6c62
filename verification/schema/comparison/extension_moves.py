"""ALTER EXTENSION ... SET SCHEMA: texts that reference members of the extension change too.

https://www.postgresql.org/docs/current/sql-alterextension.html (SET SCHEMA)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..model.schema import Entry, Key
from .renames import Rename, without_arguments


@dataclass(frozen=True)
class ExtensionMove(Rename):
    """An extension moved from schema ``old`` to schema ``new``.

    It is reported as a changed attribute of the extension, not as a rename.
    """

    members: frozenset[Key] = frozenset()

    @cached_property
    def keys(self) -> Mapping[Key, Key]:
        """Old key -> new key of each member, argument types included."""
        return {(kind, name): (kind, self.identity(name)) for kind, name in self.members}

    @cached_property
    def _member(self) -> re.Pattern[str]:
        names = {without_arguments(name).removeprefix(f"{self.old}.") for _, name in self.members}
        longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        return re.compile(rf'(?<![\w$"]){re.escape(self.old)}\.({longest_first})(?![\w$"])')

    def identity(self, text: str) -> str:
        """Return a text with the members' names as they are after the move."""
        return self._member.sub(lambda match: f"{self.new}.{match.group(1)}", text)

    def text(self, text: str, *, within: bool) -> str:
        """Return a text as PostgreSQL prints it after the move."""
        del within  # no member belongs to a table
        return self.identity(text)


def find_extension_moves(left: Mapping[Key, Entry], right: Mapping[Key, Entry]) -> Iterator[ExtensionMove]:
    """Yield the extensions that are in different schemas on both sides."""
    for key, entry in left.items():
        other = right.get(key)
        if key[0] != "extension" or other is None:
            continue
        old, new = entry.attributes["schema"], other.attributes["schema"]
        members = frozenset(
            name
            for name, member in left.items()
            if member.attributes.get("extension") == key[1] and name[1].startswith(f"{old}.")
        )
        if old != new and members:
            yield ExtensionMove("extension", old, new, None, members)
