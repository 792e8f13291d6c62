"""What each object of a schema needs: read from its parents, its columns and the names in its texts.

PostgreSQL prints every name with its schema, so that a name in a text is found without parsing. Where two objects
share a name (functions with other arguments) both are needed: one dependency too many costs a statement at most.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from ..model.identity import Identity
from ..model.objects import Object, Value
from ..model.schema import Schema
from .naming import owner

IDENTIFIER: Final = r'(?:"(?:[^"]|"")*"|[\w$]+)'
NAME: Final = re.compile(
    rf"""'((?:[^']|'')*)'(::(?:pg_catalog\.)?reg\w+)?|({IDENTIFIER}\.{IDENTIFIER})|OPERATOR\(({IDENTIFIER}\.[^)]+)\)"""
)
"""A literal (a name if it is cast to regclass), a qualified name, a qualified operator."""
WORD: Final = re.compile(IDENTIFIER)
TEXTS: Final = frozenset({"body", "comment", "label", "column_order"})
"""Attributes that name nothing that must exist first, or that are looked at by themselves."""
READ: Final = ("generated", "condition", "columns", "partition_key", "expressions", "identity")
"""Attributes with columns of the object's own table, without the table's name."""
ANNOTATIONS: Final = frozenset({"comment", "grant", "security_label"})
DEFAULT: Final = "default"
"""Class of the default of a column, which is dropped and set by itself."""


def default_of(column: Identity) -> Identity:
    """Return the key of a column's default."""
    return column.like(DEFAULT)


class Graph:
    """The dependencies within one schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._named: dict[str, list[Identity]] = defaultdict(list)
        for entry in schema:
            if entry.key.kind not in ANNOTATIONS:
                self._named[entry.key.qualified].append(entry.key)
        self.needs: dict[Identity, set[Identity]] = {}
        for entry in schema:
            self.needs[entry.key] = set(self._needed(entry)) - {entry.key}
            if entry.key.kind == "column" and "default" in entry.properties:
                used = set(self._in_text(entry.properties["default"]))
                self.needs[default_of(entry.key)] = {entry.key, *used}

    @cached_property
    def dependents(self) -> Mapping[Identity, set[Identity]]:
        """What needs an object."""
        found: dict[Identity, set[Identity]] = defaultdict(set)
        for key, needed in self.needs.items():
            for each in needed:
                found[each].add(key)
        return found

    def below(self, column: Identity) -> Iterator[Identity]:
        """Yield the columns that are inherited from one."""
        for each in self.dependents.get(column, ()):
            if each.kind == "column" and column in self.schema.entries[each].parents:
                yield each

    def only(self, column: Identity) -> str:
        """Return the word with which ALTER TABLE leaves alone the columns that are inherited from one."""
        return "ONLY " if any(self.below(column)) else ""

    def mentioned(self, text: str) -> set[Identity]:
        """Return the objects that a text names: for a function's body, which PostgreSQL does not follow."""
        return set(self._in_text(text))

    def is_part(self, key: Identity, of: Identity) -> bool:
        """Return whether PostgreSQL drops an object with another one without being asked."""
        if key.kind == DEFAULT:
            return of in (key.like("column"), *self._parents(key.like("column")))
        return of in self._parents(key)

    def _parents(self, key: Identity) -> tuple[Identity, ...]:
        entry = self.schema.entries.get(key)
        if entry is None:
            return ()
        local = entry.key.kind in ("column", "constraint") and entry.properties.get("local")
        attached = "index" if entry.key.kind == "constraint" else ""
        return tuple(
            each
            for each in entry.parents
            if each.kind not in ("schema", attached) and not (local and each.kind == key.kind)
        )

    def _needed(self, entry: Object) -> Iterator[Identity]:
        yield from entry.parents
        for used in entry.uses:
            yield used
            if used in self.schema.entries:
                yield owner(self.schema.entries[used])
        attributes = entry.properties
        for attribute, value in attributes.items():
            if attribute not in TEXTS and not (attribute == "default" and entry.key.kind == "column"):
                yield from self._in_text(value)
            if attribute in READ and entry.parents:
                yield from self._columns(entry, value)
        yield from self._needed_by_class(entry)

    def _needed_by_class(self, entry: Object) -> Iterator[Identity]:
        attributes = entry.properties
        if entry.key.kind in ("function", "procedure", "aggregate"):
            yield from self._in_text(entry.key.arguments)
        if (
            entry.key.kind == "extension"
            and (schema := Identity("schema", name=entry.text_of("schema"))) in self.schema.entries
        ):
            yield schema
        if attributes.get("kind") == "foreign key":
            yield from self._referenced_key(entry)
        if "GROUP BY" in str(attributes.get("definition", "")):
            yield from self._grouped_by(entry)

    def _in_text(self, value: Value) -> Iterator[Identity]:
        if isinstance(value, str):
            for literal, cast, name, operator in NAME.findall(value):
                found = name or operator or (literal if cast else "")
                yield from self._named.get(found, ())
        elif isinstance(value, tuple):
            for each in value:
                yield from self._in_text(each)
        elif isinstance(value, Mapping):
            yield from self._in_text(tuple(value.values()))

    def _columns(self, entry: Object, value: Value) -> Iterator[Identity]:
        table = entry.key if "partition_key" in entry.properties else owner(entry)
        words = WORD.findall(" ".join(map(str, value)) if isinstance(value, tuple) else str(value))
        keys = (table.part("column", word) for word in set(words))
        return (key for key in keys if key in self.schema.entries)

    def _referenced_key(self, entry: Object) -> Iterator[Identity]:
        target = Identity.parse("table", entry.text_of("target"))
        columns = entry.names_of("target_columns")
        yield target
        yield from (target.part("column", each) for each in columns)
        for key in self._keys_by_table.get(target, ()):
            if set(key.names_of("columns") or key.names_of("keys")) == set(columns):
                yield key.key

    @cached_property
    def _keys_by_table(self) -> Mapping[Identity, list[Object]]:
        """Primary keys, unique constraints and unique indexes of each table."""
        found: dict[Identity, list[Object]] = defaultdict(list)
        for entry in self.schema.of_kind("constraint", "index"):
            if entry.properties.get("kind") in ("primary key", "unique") or entry.properties.get("unique"):
                found[owner(entry)].append(entry)
        return found

    def _grouped_by(self, view: Object) -> Iterator[Identity]:
        """Yield the primary keys that a query may lean on: columns that are functionally dependent on them."""
        for table in {owner(self.schema.entries[used]) for used in view.uses if used in self.schema.entries}:
            for key in self._keys_by_table.get(table, ()):
                if key.properties.get("kind") == "primary key":
                    yield key.key
