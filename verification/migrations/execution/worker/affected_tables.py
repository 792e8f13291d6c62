"""Tables that a migration names; attribution looks there first for the cause of a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

NAMING = ("name", "model_name", "old_name", "new_name")
"""Attributes of Django's operations that may hold the name of a model."""


def tables(migrations: Iterable[Any]) -> list[str]:
    """Name the tables of all models that these migrations' operations name; SQL and Python are not read."""
    found = set()
    for migration in migrations:
        for operation in _operations(migration.operations):
            found.update(_tables(migration.app_label, operation))
    return sorted(found)


def _operations(operations: Iterable[Any]) -> Iterator[Any]:
    for operation in operations:
        yield operation
        for name in ("database_operations", "state_operations"):
            yield from _operations(getattr(operation, name, None) or ())


def _tables(app: str, operation: Any) -> Iterator[str]:
    for attribute in NAMING:
        name = getattr(operation, attribute, None)
        if isinstance(name, str):
            yield "{}_{}".format(app, name.lower())
    named = [getattr(operation, "table", None), (getattr(operation, "options", None) or {}).get("db_table")]
    fields = [field for _, field in getattr(operation, "fields", ()) if hasattr(field, "db_column")]
    if hasattr(getattr(operation, "field", None), "db_column"):
        fields.append(operation.field)
    named += [getattr(field, "db_table", None) for field in fields]
    for table in named:
        if isinstance(table, str):
            # PostgreSQL's own quoting, and a schema before it, as some projects write them.
            yield table.replace('"', "").rpartition(".")[2]
