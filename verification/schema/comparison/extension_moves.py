"""ALTER EXTENSION ... SET SCHEMA: texts that reference members of the extension change too.

https://www.postgresql.org/docs/current/sql-alterextension.html (SET SCHEMA)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..model.identity import Identity
from ..model.objects import Object
from .renames import Rename


@dataclass(frozen=True)
class ExtensionMove(Rename):
    """An extension moved from schema ``old`` to schema ``new``.

    It is reported as a changed attribute of the extension, not as a rename.
    """

    members: frozenset[Identity] = frozenset()

    @cached_property
    def identities(self) -> Mapping[Identity, Identity]:
        """Old identity -> new identity of each member, argument types included."""
        return {
            member: member._replace(schema=self.new.name, arguments=self.names(member.arguments))
            for member in self.members
        }

    @cached_property
    def _member(self) -> re.Pattern[str]:
        names = {member.qualified.removeprefix(f"{self.old}.") for member in self.members}
        longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        return re.compile(rf'(?<![\w$"]){re.escape(self.old.name)}\.({longest_first})(?![\w$"])')

    def names(self, text: str) -> str:
        """Return a text with the members' names as they are after the move."""
        return self._member.sub(lambda match: f"{self.new}.{match.group(1)}", text)

    def text(self, text: str, *, within: bool) -> str:
        """Return a text as PostgreSQL prints it after the move."""
        del within  # no member belongs to a table
        return self.names(text)


def find_extension_moves(
    left: Mapping[Identity, Object], right: Mapping[Identity, Object]
) -> Iterator[ExtensionMove]:
    """Yield the extensions that are in different schemas on both sides."""
    for key, entry in left.items():
        other = right.get(key)
        if key.kind != "extension" or other is None:
            continue
        old, new = entry.text_of("schema"), other.text_of("schema")
        members = frozenset(
            name
            for name, member in left.items()
            if member.properties.get("extension") == key.name and name.schema == old
        )
        if old != new and members:
            before, after = [Identity("extension", name=each) for each in (old, new)]
            yield ExtensionMove(before, after, None, members)
