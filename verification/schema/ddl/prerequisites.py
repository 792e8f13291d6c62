"""What a statement leans on: objects that the script does not make, so that the statement is named and not begun.

Types, functions, extensions and the like are left to the user. A column of such a type, a default that calls such
a function, and an index with an operator class of such an extension would end the whole script.
"""

import re
from collections.abc import Iterator
from typing import Final

from ..model.schema import Entry, Key, Schema
from . import definitions, dependencies

NAME: Final = re.compile(r"""'(?:[^']|'')*'(?:::)?|((?:"(?:[^"]|"")*"|[\w$]+)\.(?:"(?:[^"]|"")*"|[\w$]+))""")
"""A qualified name; a literal is passed over."""
MADE: Final = frozenset({"table", "sequence", "index", "column", "constraint"})
"""Classes that the script can make."""
OPERATOR: Final = "OPERATOR("


class Prerequisites:
    """Names on the right that are neither on the left nor made by the script."""

    def __init__(self, left: Schema, right: Schema) -> None:
        self.left, self.right = left, right
        self._there = {_plain(entry) for entry in left}
        self._made = {_plain(entry) for entry in right if entry.kind in MADE}
        self._here = {_plain(entry) for entry in right}
        self._schemas = [{entry.object for entry in side.of_kind("schema")} for side in (left, right)]
        self._extension_added = any(left.get(*entry.key) is None for entry in right.of_kind("extension"))
        self._labels = set(self._new_labels())
        self.unmade: set[Key] = set()
        """Tables and columns that the script will not make or not change, so that nothing can be made on them."""
        self.unmade.update(self._tables())
        self.unmade.update(self._columns())

    def lacks(self, statement: str) -> bool:
        """Return whether a statement names what will not be there."""
        if any(label in statement for label in self._labels):
            return True
        if self._extension_added and OPERATOR in statement:
            return True
        return any(self._is_missing(name) for name in NAME.findall(statement) if name)

    def lacks_parent(self, entry: Entry) -> bool:
        """Return whether an object stands on a table or a column that is not as it must be."""
        target = ("table", entry.attributes.get("target", ""))
        return target in self.unmade or not self.unmade.isdisjoint(entry.parents)

    def _is_missing(self, name: str) -> bool:
        if name in self._there or name.startswith("pg_catalog."):
            return False
        schema = name.partition(".")[0]
        if schema in self._schemas[1] - self._schemas[0]:
            return True
        if name in self._here:
            return name not in self._made or ("table", name) in self.unmade
        # Neither side lists it: a member of an extension, or no name at all (a column with its table).
        return self._extension_added and schema in self._schemas[1]

    def _new_labels(self) -> Iterator[str]:
        """Yield the labels that an enum has on the right only, as an expression writes them."""
        for entry in self.right.of_kind("type"):
            before = self.left.get(*entry.key)
            for label in set(entry.attributes.get("values", ())) - set(
                before.attributes.get("values", ()) if before else ()
            ):
                yield "'{}'::{}".format(label.replace("'", "''"), entry.object)

    def _tables(self) -> Iterator[Key]:
        for entry in self.right.of_kind("table"):
            if self.left.get(*entry.key) is None:
                columns = [each for each in self.right.of_kind("column") if entry.key in each.parents]
                known = all(map(definitions.is_known, (entry, *columns)))
                if (
                    not known
                    or self._is_missing(entry.object)
                    or any(self.lacks(definitions.column(each)) for each in columns)
                ):
                    yield entry.key

    def _columns(self) -> Iterator[Key]:
        for entry in self.right.of_kind("column"):
            if not entry.parents or entry.parents[0][0] != "table":
                continue
            before = self.left.get(*entry.key)
            if before is None:
                if not definitions.is_known(entry) or self.lacks(definitions.column(entry)):
                    yield entry.key
            elif before.attributes.get("type") != entry.attributes.get("type") and (
                dependencies.is_read(self.left, before)
                or "generated" in before.attributes
                or self.lacks(str(entry.attributes["type"]))
                or self.lacks(str(entry.attributes.get("default", "")))
            ):
                yield entry.key


def _plain(entry: Entry) -> str:
    """Return an object's qualified name without arguments."""
    return entry.object.partition("(")[0].partition(" using ")[0]
