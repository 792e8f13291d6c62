"""Jobs of the deploy gate: what each model does with its table, call by call, and all taken back.

Rows are written as the code of one tree makes them: samples of its own schema, tried on another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, connections, models, router, transaction

SAMPLES = 5
"""Rows of each table."""


def sample(_: dict[str, Any]) -> dict[str, Any]:
    """Return some rows of each model, as Django serializes them."""
    found = {}
    for model, alias in _models():
        try:
            with transaction.atomic(using=alias):
                rows = model._base_manager.using(alias).order_by("pk")[:SAMPLES]
                found[model._meta.label] = serializers.serialize("json", rows)
        except Exception:  # noqa: BLE001, S112 - its table or values are not as the model says: calls fail before, too
            continue
    return {"rows": found}


def calls(job: dict[str, Any]) -> dict[str, Any]:
    """Try each call of each model; ``rows``: what ``sample`` returned for this tree's own schema.

    Returns a list of failures: model, table, alias, call, error (without the values of a row).
    """
    failures = []
    tried = 0
    for model, alias in _models():
        for name, call in _calls(model, alias, job["rows"].get(model._meta.label, "[]")):
            tried += 1
            error = _try(call, alias)
            if error:
                failures.append(
                    {
                        "model": model._meta.label,
                        "table": model._meta.db_table,
                        "alias": alias,
                        "call": name,
                        "error": error,
                    }
                )
    return {"failures": failures, "tried": tried}


def _models() -> Iterator[tuple[Any, str]]:
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        alias = router.db_for_write(model)
        there = meta.managed and not meta.proxy and not meta.swapped and alias in connections
        if there and router.allow_migrate(alias, meta.app_label, model_name=meta.model_name):
            yield model, alias


def _calls(model: Any, alias: str, text: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    manager = model._base_manager.using(alias)
    yield "read", lambda: list(manager.all()[:1])
    rows = _rows(text, alias)
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    for row in rows:
        mine = manager.filter(pk=row.pk)
        yield "insert", lambda row=row, mine=mine: _insert(row, mine, alias)
    for row in rows[:1]:
        mine = manager.filter(pk=row.pk)
        # A row that the migration removed is no call that fails.
        yield "get", lambda mine=mine: list(mine)
        for field in fields:
            value = getattr(row, field.attname)
            yield (
                "filter",
                lambda field=field, value=value: manager.filter(**{field.attname: value})[:1].count(),
            )
        values = {field.name: getattr(row, field.attname) for field in fields if _settable(field)}
        if values:
            yield "update", lambda mine=mine, values=values: mine.update(**values)
        yield "delete", lambda mine=mine: mine.delete()
    for row in rows[-1:] if isinstance(model._meta.pk, models.AutoField) else ():
        # The last one, so that keys that begin anew meet those that are there.
        mine = manager.filter(pk=row.pk)
        yield "insert with a new key", lambda row=row, mine=mine: _insert_new(row, mine, alias)


def _rows(text: str, alias: str) -> list[Any]:
    try:
        found = list(serializers.deserialize("json", text, using=alias, ignorenonexistent=True))
    except Exception:  # noqa: BLE001 - a column holds what its field does not take
        return []
    return [each.object for each in found]


def _settable(field: Any) -> bool:
    return not getattr(field, "generated", False) and field.concrete


def _insert(row: Any, mine: Any, alias: str) -> None:
    if _make_room(mine, alias):
        row.save_base(raw=True, force_insert=True, using=alias)


def _insert_new(row: Any, mine: Any, alias: str) -> None:
    if _make_room(mine, alias):
        row.pk = None
        row.save_base(raw=True, force_insert=True, using=alias)


def _make_room(mine: Any, alias: str) -> bool:
    """Remove the row that is to be inserted; return whether that works."""
    try:
        # Django's foreign keys to the row are checked at the end, which does not come; others at once.
        with transaction.atomic(using=alias):
            mine._raw_delete(alias)
    except IntegrityError:
        return False
    return True


def _try(call: Callable[[], Any], alias: str) -> str:
    try:
        with transaction.atomic(using=alias):
            call()
            transaction.set_rollback(True, using=alias)
    except models.ProtectedError:
        return ""
    except Exception as error:  # noqa: BLE001 - the answer
        # What follows may be the values of a row.
        return "{}: {}".format(
            type(error).__name__, str(error).partition("DETAIL:")[0].partition("\nLINE")[0].strip()
        )
    return ""
