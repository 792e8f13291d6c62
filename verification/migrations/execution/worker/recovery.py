"""Jobs of the deploy gate: the way back, and migrations that are interrupted and run again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connections
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor

from ....processes.serve import Channel
from .sheet import OUR_TABLE

CANCEL = """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = %s AND cardinality(pg_blocking_pids(pid)) > 0
"""
WAIT_SECONDS = 10.0
"""How long a statement may take to come to a lock that is held against it."""


class Interrupted(Exception):  # noqa: N818 - reads as what it tells
    """Takes the place of whatever ends a deploy between two statements."""


def there_and_back(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Apply each new migration, undo it and apply it again; pause after each step with no connection open.

    A pause tells alias, migration, step ("forward", "back", "again"), error (empty if there is none) and, for a
    migration that says that it cannot be undone (``refused``), the number of the operation, if one has no reverse.
    The first pause of an alias has the step "start" alone.
    """
    for alias in job["databases"]:
        plan = _plan(alias)
        connections[alias].close()
        channel.pause(alias=alias, step="start")
        for migration, _ in plan:
            told = {"alias": alias, "migration": _name(migration), "operation": None, "refused": False}
            for step, backwards in (("forward", False), ("back", True), ("again", False)):
                error = ""
                try:
                    channel.event("step", migration=told["migration"], done=0, total=1)
                    MigrationExecutor(connections[alias]).migrate(None, plan=[(migration, backwards)])
                except Exception as failed:  # noqa: BLE001 - the migration's own, whatever it is
                    error = " ".join(str(failed).split()) or type(failed).__name__
                    if isinstance(failed, (IrreversibleError, NotImplementedError)):
                        told.update(operation=_irreversible(migration), refused=True)
                connections[alias].close()
                channel.pause(step=step, error=error, **told)
                if error:
                    break
            if step == "again" and migration.atomic and "already exists" in error:
                # The reverse has left what the migration makes: later ones can be tried on it.
                executor = MigrationExecutor(connections[alias])
                executor.recorder.record_applied(migration.app_label, migration.name)
                connections[alias].close()
                continue
            if error and step != "back":
                return {}
            if error and not (told["refused"] and (migration.atomic or told["operation"] is not None)):
                return {}
    return {}


def _irreversible(migration: Any) -> int | None:
    """Return the number of the first operation without a reverse; None: its code refuses to undo these rows."""
    return next((number for number, each in enumerate(migration.operations) if not _reversible(each)), None)


def _reversible(operation: Any) -> bool:
    # SeparateDatabaseAndState says True whatever it holds.
    return operation.reversible and all(map(_reversible, getattr(operation, "database_operations", ())))


def interrupt(job: dict[str, Any]) -> dict[str, Any]:
    """Apply what comes before a migration, interrupt it at its n-th statement, and run ``migrate`` again.

    ``cancel``: cancel the statement while it waits for others, else stop after it. Without a migration,
    nothing is interrupted. The number after the last one is that of the record in Django's own table. Returns whether
    the statement was reached, and the error of the second run.
    """
    alias = job["alias"]
    connection = connections[alias]
    stop = _Stop(job["statement"], _canceling if job["cancel"] else None)
    for migration, _ in _plan(alias) if job["migration"] else ():
        if _name(migration) == job["migration"]:
            _run_to(stop, connection, migration)
            break
        MigrationExecutor(connection).migrate(None, plan=[(migration, False)])
    error = ""
    try:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    except Exception as failed:  # noqa: BLE001 - the answer
        error = " ".join(str(failed).split())
    connection.close()
    return {"reached": stop.count >= job["statement"], "error": error}


def _run_to(stop: _Stop, connection: Any, migration: Any) -> None:
    wrapping = ExitStack()

    def progress(action: str, *_: Any) -> None:
        if action == "apply_start":
            wrapping.enter_context(connection.execute_wrapper(stop))

    try:
        with wrapping:
            MigrationExecutor(connection, progress).migrate(None, plan=[(migration, False)])
    except Exception:  # noqa: BLE001, S110 - this is the interruption
        pass
    connection.close()


class _Stop:
    """Interrupts at one statement, counted from 1."""

    def __init__(self, number: int, during: Callable[..., Any] | None) -> None:
        self.number = number
        self.count = 0
        self.during = during

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql).lstrip()
        if OUR_TABLE in text and text.startswith("INSERT") and self.count + 1 == self.number:
            self.count += 1
            raise Interrupted
        if OUR_TABLE in text or not text:
            return execute(sql, params, many, context)
        self.count += 1
        if self.count != self.number:
            return execute(sql, params, many, context)
        if self.during is not None:
            return self.during(context["connection"], execute, sql, params, many, context)
        execute(sql, params, many, context)
        raise Interrupted


def _canceling(connection: Any, execute: Callable[..., Any], *arguments: Any) -> Any:
    """Cancel a statement while it waits for a transaction that has written to every table."""
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        tables = connection.introspection.table_names()
    other = connection.get_new_connection(connection.get_connection_params())
    names = ", ".join(map(connection.ops.quote_name, tables))
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE {} IN ROW EXCLUSIVE MODE".format(names))
    watcher = threading.Thread(target=_cancel, args=(other, pid), daemon=True)
    watcher.start()
    try:
        return execute(*arguments)
    finally:
        watcher.join()


def _cancel(other: Any, pid: int) -> None:
    until = time.monotonic() + WAIT_SECONDS
    try:
        with other.cursor() as cursor:
            while time.monotonic() < until:
                cursor.execute(CANCEL, (pid,))
                if cursor.fetchone():
                    return
                time.sleep(0.01)
    finally:
        other.close()


def _plan(alias: str) -> list[Any]:
    executor = MigrationExecutor(connections[alias])
    executor.recorder.ensure_schema()
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _name(migration: Any) -> str:
    return "{}.{}".format(migration.app_label, migration.name)
