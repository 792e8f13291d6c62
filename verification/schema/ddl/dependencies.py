"""What leans on what in one schema: what stands in the way of a change, and what goes with it."""

import re
from collections.abc import Iterator

from verification.schema.model.schema import Entry, Schema


def foreign_keys_to(schema: Schema, key: Entry) -> Iterator[Entry]:
    """Return the foreign keys that need a primary key or a unique constraint."""
    columns = set(key.attributes.get("columns", ()))
    for entry in schema.of_kind("constraint"):
        found = entry.attributes
        if found.get("target") == key.parents[0][1] and set(found["target_columns"]) == columns:
            yield entry


def foreign_keys_among(schema: Schema, table: Entry) -> Iterator[Entry]:
    """Return the foreign keys of other tables that point at a table."""
    for entry in schema.of_kind("constraint"):
        if entry.attributes.get("target") == table.object and entry.parents[0] != table.key:
            yield entry


def children(schema: Schema, table: Entry) -> Iterator[Entry]:
    """Return the tables that inherit from a table and are no partitions of it."""
    return (
        entry for entry in schema.of_kind("table") if table.object in entry.attributes.get("inherits", ())
    )


def comments_on(schema: Schema, entry: Entry) -> Iterator[Entry]:
    """Return the comments that go with an object."""
    return (comment for comment in schema.of_kind("comment") if entry.key in comment.parents)


def is_read(schema: Schema, column: Entry) -> bool:
    """Return whether PostgreSQL refuses to drop a column or to change its type: something else reads it."""
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
    """Return whether PostgreSQL refuses to drop a table: an object that is not its own reads it."""
    own = {entry.key for entry in schema if table.key in entry.parents}
    return any(
        table.key not in entry.parents and not own.isdisjoint(entry.uses)
        for entry in schema.of_kind("view", "materialized_view", "rule", "policy", "function", "procedure")
    )


def _texts(entry: Entry) -> str:
    """Return the texts in which an object of a table names the table's columns."""
    found = entry.attributes
    if entry.kind == "column":
        return str(found.get("generated", ""))
    return " ".join([str(found.get("condition", "")), *found.get("columns", ())])
