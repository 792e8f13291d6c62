"""Dependencies within one schema: which objects block a change, and which are dropped with another."""

import re
from collections.abc import Iterator

from ..model.schema import Entry, Schema


def foreign_keys_to(schema: Schema, key: Entry) -> Iterator[Entry]:
    """Yield the foreign keys that reference the columns of a primary key or unique constraint."""
    columns = set(key.attributes.get("columns", ()))
    for entry in schema.of_kind("constraint"):
        attributes = entry.attributes
        if attributes.get("target") == key.parents[0][1] and set(attributes["target_columns"]) == columns:
            yield entry


def foreign_keys_among(schema: Schema, table: Entry) -> Iterator[Entry]:
    """Yield the foreign keys of other tables that reference a table."""
    for entry in schema.of_kind("constraint"):
        if entry.attributes.get("target") == table.object and entry.parents[0] != table.key:
            yield entry


def children(schema: Schema, table: Entry) -> Iterator[Entry]:
    """Yield the tables that inherit from a table without being its partitions."""
    return (
        entry for entry in schema.of_kind("table") if table.object in entry.attributes.get("inherits", ())
    )


def comments_on(schema: Schema, entry: Entry) -> Iterator[Entry]:
    """Yield the comments on an object."""
    return (comment for comment in schema.of_kind("comment") if entry.key in comment.parents)


def is_read(schema: Schema, column: Entry) -> bool:
    """Return whether an object reads a column, so that PostgreSQL refuses to drop it or to change its type."""
    owner = column.parents[0]
    word = re.compile(rf"(?<![\w$\"]){re.escape(column.object.removeprefix(f'{owner[1]}.'))}(?![\w$\"])")
    if word.search(str(schema.entries[owner].attributes.get("partition_key", ""))):
        return True
    return any(
        column.key in entry.uses or (owner in entry.parents and word.search(_texts(entry)))
        for entry in schema.of_kind(
            "view", "materialized_view", "rule", "policy", "function", "procedure", "trigger", "column"
        )
        if entry.key != column.key
    )


def is_read_from_outside(schema: Schema, table: Entry) -> bool:
    """Return whether an object of another table reads a table, so that PostgreSQL refuses to drop it."""
    own = {entry.key for entry in schema if table.key in entry.parents}
    return any(
        table.key not in entry.parents and not own.isdisjoint(entry.uses)
        for entry in schema.of_kind("view", "materialized_view", "rule", "policy", "function", "procedure")
    )


def _texts(entry: Entry) -> str:
    """Return the texts in which an object of a table mentions the table's columns."""
    attributes = entry.attributes
    if entry.kind == "column":
        return str(attributes.get("generated", ""))
    return " ".join([str(attributes.get("condition", "")), *attributes.get("columns", ())])
