"""What models say of their tables: the facts that a database does not hold (choices, kinds of text)."""

from __future__ import annotations

from typing import Any


def tables(apps: Any, connection: Any) -> list[dict[str, Any]]:
    """Describe each managed table that belongs on this connection, one dict a table.

    ``apps``: a registry, live or historical. Column dicts hold: name, field, class, type,
    null, blank, unique, primary_key, choices, max_length, references (table, column or None).
    """
    from django.db import router

    found = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.proxy or not meta.managed or meta.swapped:
            continue
        if router.allow_migrate(connection.alias, meta.app_label, model_name=meta.model_name):
            found[meta.db_table] = _table(model, connection)
    return [found[name] for name in sorted(found)]


def _table(model: Any, connection: Any) -> dict[str, Any]:
    meta = model._meta
    columns = [_column(field, connection) for field in meta.local_concrete_fields]
    return {
        "table": meta.db_table,
        "app": meta.app_label,
        "model": meta.object_name,
        "join": bool(meta.auto_created),
        "columns": [column for column in columns if column["type"] is not None],
        "unique_together": [
            [meta.get_field(name).column for name in names] for names in meta.unique_together
        ],
        "indexes": [index.name for index in meta.indexes],
        "constraints": [constraint.name for constraint in meta.constraints],
    }


def _column(field: Any, connection: Any) -> dict[str, Any]:
    target = field.remote_field and getattr(field, "target_field", None)
    references = [target.model._meta.db_table, target.column] if target is not None else None
    return {
        "name": field.column,
        "field": field.name,
        "class": _kind(target or field),
        "type": field.db_type(connection),
        "null": field.null,
        "blank": field.blank,
        "unique": field.unique,
        "indexed": field.db_index,
        "primary_key": field.primary_key,
        "max_length": field.max_length,
        "choices": _choices(field),
        "references": references,
    }


def _kind(field: Any) -> str:
    """Return the nearest class of Django's own: a project's subclass of JSONField is a JSONField."""
    for base in type(field).__mro__:
        if base.__module__.startswith("django."):
            return str(base.__name__)
    return "Field"


def _choices(field: Any) -> list[Any]:
    values = [value for value, _ in (getattr(field, "flatchoices", None) or [])]
    return [value for value in values if isinstance(value, (str, int)) and not isinstance(value, bool)]
