"""A job of the deploy gate: models read and write at a fixed rate while a migration runs elsewhere."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.models import F

from ....processes.serve import Channel

INTERVAL = 0.02
"""Seconds from the beginning of one call to that of the next, unless it takes longer."""
ROWS = 50
READ = "SELECT count(*) FROM {}"
SAMPLE_S = 0.005
WAITING = "SELECT pid FROM pg_locks WHERE NOT granted"
QUEUED = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"


def traffic(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Pause, with the traffic on; ``go`` ends it.

    ``tables``: which ones, each with one reader and one writer. ``slow_s``: keep a transaction open that has read
    them, until somebody has waited for it that long. Returns for each table and kind: calls, blocked_ms (the longest
    call that PostgreSQL showed waiting for a lock), p99_ms, errors; whether somebody waited for the slow
    transaction, and gave up before it ended.
    """
    over = threading.Event()
    callers = [
        _Caller(model, job["alias"], kind, over)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in job["tables"] and not model._meta.proxy
        for kind in ("read", "write")
    ]
    slow = _Slow(job["alias"], job["tables"], job["slow_s"], over)
    watch = threading.Thread(target=_watch, args=(callers, job["alias"], over), daemon=True)
    threads = [
        threading.Thread(target=each.run, daemon=True)
        for each in [*callers, *([slow] if job["slow_s"] else [])]
    ]
    for thread in [*threads, watch]:
        thread.start()
    for each in callers:
        each.ready.wait(30)
    if job["slow_s"]:
        slow.ready.wait(30)
    channel.pause()
    over.set()
    for thread in [*threads, watch]:
        thread.join(30)
    return {
        "waits": [each.told() for each in callers if each.times],
        "queued": slow.queued,
        "gave_up": slow.gave_up,
    }


class _Caller:
    """One kind of call on one table, in a thread and on a connection of its own."""

    def __init__(self, model: Any, alias: str, kind: str, over: threading.Event) -> None:
        self.model, self.alias, self.kind, self.over = model, alias, kind, over
        self.ready = threading.Event()
        self.times: list[float] = []
        self.blocked = 0.0
        self.errors = 0
        self.pid = 0
        self.waits = False
        """Whether PostgreSQL has shown the call that runs waiting for a lock."""

    def run(self) -> None:
        try:
            with connections[self.alias].cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
            self._run()
        finally:
            self.ready.set()
            connections[self.alias].close()

    def _run(self) -> None:
        manager = self.model._base_manager.using(self.alias)
        keys = list(manager.order_by("pk").values_list("pk", flat=True)[:ROWS])
        fields = [field for field in self.model._meta.local_concrete_fields if not field.primary_key]
        if not keys or (self.kind == "write" and not fields):
            return
        # Readers and writers touch other rows than one another: what they wait for is the migration.
        keys = keys[: len(keys) // 2 or 1] if self.kind == "read" else keys[len(keys) // 2 :]
        number = 0
        while not self.over.is_set():
            self.waits = False
            began = time.monotonic()
            rows = manager.filter(pk=keys[number % len(keys)])
            try:
                if self.kind == "read":
                    rows.first()
                else:
                    rows.update(**{fields[0].name: F(fields[0].name)})
            except Exception:  # noqa: BLE001 - the new schema may refuse it, which is found elsewhere
                self.errors += 1
            self.times.append(time.monotonic() - began)
            if self.waits:
                self.blocked = max(self.blocked, self.times[-1])
            number += 1
            self.ready.set()
            self.over.wait(max(0.0, began + INTERVAL - time.monotonic()))

    def told(self) -> dict[str, Any]:
        times = sorted(self.times)
        return {
            "table": self.model._meta.db_table,
            "kind": self.kind,
            "calls": len(times),
            "blocked_ms": round(1000 * self.blocked, 1),
            "p99_ms": round(1000 * times[int(0.99 * (len(times) - 1))], 1),
            "errors": self.errors,
        }


def _watch(callers: list[_Caller], alias: str, over: threading.Event) -> None:
    """Ask PostgreSQL which calls wait for a lock: what else keeps one waiting is not the migration's doing."""
    watcher = connections[alias].copy()
    with suppress(Exception), watcher.cursor() as cursor:
        while not over.wait(SAMPLE_S):
            cursor.execute(WAITING)
            pids = {row[0] for row in cursor.fetchall()}
            for each in callers:
                if each.pid in pids:
                    each.waits = True
    watcher.close()


class _Slow:
    """A transaction that has read the tables and stays open."""

    def __init__(self, alias: str, tables: list[str], seconds: float, over: threading.Event) -> None:
        self.alias, self.tables, self.seconds, self.over = alias, tables, seconds, over
        self.ready = threading.Event()
        self.queued = self.gave_up = False

    def run(self) -> None:
        connection = connections[self.alias]
        watcher = connection.copy()
        with suppress(Exception), transaction.atomic(using=self.alias):
            with connection.cursor() as cursor:
                for table in self.tables:
                    cursor.execute(READ.format(connection.ops.quote_name(table)))
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            self.ready.set()
            while not self.over.wait(0.02) and not self.queued:
                self.queued = self._waits(watcher, pid)
            until = time.monotonic() + self.seconds
            while self.queued and not self.gave_up and time.monotonic() < until and not self.over.wait(0.05):
                self.gave_up = not self._waits(watcher, pid)
        self.ready.set()
        watcher.close()
        connection.close()

    @staticmethod
    def _waits(watcher: Any, pid: int) -> bool:
        with watcher.cursor() as cursor:
            cursor.execute(QUEUED, [pid])
            return bool(cursor.fetchone()[0])
