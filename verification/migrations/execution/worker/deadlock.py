"""A job of the deploy gate: transactions of several statements while a migration runs elsewhere."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections, transaction
from django.db.models import F

from ....processes.serve import Channel
from .failure import sqlstate
from .traffic import QUEUED

DEADLOCK = "40P01"


def deadlock(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Pause, with the transactions open; ``go`` ends them.

    ``pairs``: two tables each, in the order in which one transaction writes them, or in that of the foreign key
    between them if it is the same to the migration ("either"). Pairs that no foreign key links are left out. A
    transaction goes from the first table to the second once somebody waits for it. Returns the pairs that were
    tried, each with whether the transaction ended in a deadlock.
    """
    models = {
        each._meta.db_table: each
        for each in apps.get_models(include_auto_created=True)
        if not each._meta.proxy
    }
    over = threading.Event()
    threads = []
    for first, second, either in job["pairs"]:
        one, other = models.get(first), models.get(second)
        if one and other and (_points_to(one, other) or _points_to(other, one)):
            ordered = [one, other] if not either or _points_to(other, one) else [other, one]
            threads.append(_Transaction(ordered, job["alias"], over, len(threads)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.ready.wait(30)
    if threads:
        channel.pause()
    over.set()
    for thread in threads:
        thread.join(30)
    return {"tried": [each.told() for each in threads if each.wrote]}


def _points_to(one: Any, other: Any) -> bool:
    return any(
        field.remote_field and field.remote_field.model._meta.concrete_model is other
        for field in one._meta.local_concrete_fields
    )


class _Transaction(threading.Thread):
    """Writes a row of one table and then of another, in one transaction, again and again."""

    def __init__(self, models: list[Any], alias: str, over: threading.Event, number: int) -> None:
        """``number``: which row of each table; transactions that write the same ones wait for one another."""
        super().__init__(daemon=True)
        self.models, self.alias, self.over, self.number = models, alias, over, number
        self.ready = threading.Event()
        self.wrote = self.deadlocked = False

    def run(self) -> None:
        connection = connections[self.alias]
        watcher = connection.copy()
        try:
            rows = [self._row(model) for model in self.models]
            while all(rows) and not self.over.is_set():
                try:
                    self._write(rows, connection, watcher)
                except DatabaseError as error:
                    self.deadlocked = self.deadlocked or sqlstate(error) == DEADLOCK
                    self.over.wait(0.05)
        finally:
            self.ready.set()
            with suppress(Exception):
                watcher.close()
            connection.close()

    def _row(self, model: Any) -> Any:
        """Return one row as a query, with a field that can be set to itself."""
        field = next((each for each in model._meta.local_concrete_fields if not each.primary_key), None)
        keys = model._base_manager.using(self.alias).order_by("pk").values_list("pk", flat=True)
        key = next(iter(keys[self.number : self.number + 1]), None)
        if field is None or key is None or getattr(field, "generated", False):
            return None
        return model._base_manager.using(self.alias).filter(pk=key), {field.name: F(field.name)}

    def _write(self, rows: list[Any], connection: Any, watcher: Any) -> None:
        (first, change), (second, second_change) = rows
        with transaction.atomic(using=self.alias):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            first.update(**change)
            self.wrote = True
            self.ready.set()
            while not self.over.wait(0.02):
                with watcher.cursor() as cursor:
                    cursor.execute(QUEUED, [pid])
                    if cursor.fetchone()[0]:
                        break
            else:
                return
            second.update(**second_change)

    def told(self) -> list[Any]:
        return [*(model._meta.db_table for model in self.models), self.deadlocked]
