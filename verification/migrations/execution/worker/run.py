"""Run chains on databases: forwards, in layers with pauses, and back again."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from ....processes.serve import Channel
from . import loader as chain
from .describe import tables
from .loader import ChainExecutor
from .watch import Watch


class Run:
    """The run of one alias: executor, state and record."""

    def __init__(self, alias: str, without: list[Any], channel: Channel, *, measured: bool = False) -> None:
        self.alias = alias
        self.connection = connections[alias]
        create_schemas(self.connection)
        self.watch = Watch(self.connection, channel, measured=measured)
        loader = chain.load(self.connection, without)
        loader.check_consistent_history(self.connection)
        self.executor = ChainExecutor(self.connection, loader, self.watch)
        self.state: Any = None
        self.notes: list[str] = []

    def upgrade(self) -> list[str]:
        """Do what ``migrate`` does and return the names of the applied migrations."""
        targets = self.executor.loader.graph.leaf_nodes()
        plan = self.executor.migration_plan(targets)
        self._start(plan)
        self.watch.total = len(plan)
        self.state = self.executor.migrate(targets, plan=plan, state=self.state)
        self.finish(plan)
        return ["{}.{}".format(*chain.key_of(migration)) for migration, _ in plan]

    def apply_stepwise(self, layer: list[Any]) -> None:
        """Apply one layer of the chain and send the signals that a deploy of it would send."""
        plan = [(migration, False) for migration in layer]
        if self.state is None:
            # The first partial state may have nothing applied at all, but the record of that.
            self.executor.recorder.ensure_schema()
            self._start(plan)
        if plan:
            self.state = self.executor.migrate(None, plan=plan, state=self.state)
        try:
            with transaction.atomic(using=self.alias):
                self.finish(plan)
        except Exception as error:  # noqa: BLE001 - noted
            # post_migrate receivers may fail on an old schema; this combination never happens in a deploy.
            self.notes.append("post_migrate: {}".format(error))
            self.watch.current = ""

    def _start(self, plan: list[Any]) -> None:
        from django.core.management.commands.migrate import Command
        from django.core.management.sql import emit_pre_migrate_signal

        self.state = self.executor._create_project_state(with_applied_migrations=True)
        self.watch.current = "the receivers of pre_migrate"
        emit_pre_migrate_signal(0, False, self.alias, apps=self.state.apps, plan=plan)
        unmigrated = self.executor.loader.unmigrated_apps
        if unmigrated:
            command = Command()
            command.verbosity, command.interactive = 0, False
            self.watch.current = "the tables of apps without migrations"
            command.sync_apps(self.connection, unmigrated)
        self.watch.current = ""

    def finish(self, plan: list[Any]) -> None:
        """Send post_migrate: its receivers create content types and permissions."""
        from django.core.management.sql import emit_post_migrate_signal

        state = self.state
        if self.executor.loader.unmigrated_apps:
            # What is registered anew for them must not reach the migrations that follow.
            state = state.clone()
            state.clear_delayed_apps_cache()
            _reload_real_models(state)
        self.watch.current = "the receivers of post_migrate"
        emit_post_migrate_signal(0, False, self.alias, apps=state.apps, plan=plan)
        self.watch.current = ""


def _reload_real_models(state: Any) -> None:
    """Return models of apps without migrations their relations to the final state, as ``migrate`` does."""
    from django.apps import apps
    from django.db.migrations.state import ModelState

    registry = state.apps
    with registry.bulk_update():
        keys = [(model.app_label, model.name_lower) for model in registry.real_models]
        for key in keys:
            registry.unregister_model(*key)
    registry.render_multiple([ModelState.from_model(apps.get_model(*key)) for key in keys])


def create_schemas(connection: Any) -> None:
    """Create the schemas that the settings put on the search path: on the real server they exist already."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        for part in str(cursor.fetchone()[0]).split(","):
            name = part.strip().strip('"')
            if name not in {"$user", "public", "pg_catalog", ""}:
                cursor.execute("CREATE SCHEMA IF NOT EXISTS {}".format(connection.ops.quote_name(name)))


def forward(job: dict[str, Any], channel: Channel, runs: list[Run]) -> dict[str, Any]:
    """Apply all that is unapplied, alias after alias."""
    applied = {}
    for alias in job["databases"]:
        runs.append(Run(alias, job["without"], channel, measured=job["measured"]))
        applied[alias] = runs[-1].upgrade()
    return {"applied": applied, "steps": _steps(runs)}


def apply_stepwise(job: dict[str, Any], channel: Channel, runs: list[Run]) -> dict[str, Any]:
    """Apply the chain layer by layer and pause after each with no connection open.

    Each pause tells position, migration and, by alias, the tables as their models describe
    them at that point.
    """
    runs.extend(Run(alias, job["without"], channel, measured=job["measured"]) for alias in job["databases"])
    cuts = [chain.layers(run.executor, job["replaced"]) for run in runs]
    for run, layered in zip(runs, cuts):
        run.watch.total = sum(len(layer) for layer in layered)
    for position, layer in enumerate(cuts[0]):
        if position <= job["start"]:
            continue
        for run, layered in zip(runs, cuts):
            run.apply_stepwise(layered[position])
        described = {run.alias: tables(run.state.apps, run.connection) for run in runs}
        connections.close_all()
        names = ["{}.{}".format(*chain.key_of(each)) for each in layer]
        channel.pause(
            position=position, migration=_first(layer, job["replaced"]), applied=names, tables=described
        )
    return {"steps": _steps(runs)}


def roll_back_stepwise(job: dict[str, Any], channel: Channel, runs: list[Run]) -> dict[str, Any]:
    """Go back from layer ``start`` to layer 0, alias after alias, with a pause after each layer."""
    for alias in reversed(list(job["databases"])):
        run = Run(alias, job["without"], channel)
        runs.append(run)
        layered = chain.layers(run.executor, job["replaced"])[job["stop"] + 1 : job["start"] + 1]
        last_of = {
            chain.key_of(layer[0]): index for index, layer in enumerate(layered, start=job["stop"] + 1)
        }
        watch = run.watch

        def progress(action: str, migration: Any = None, fake: bool = False) -> None:
            watch(action, migration, fake)  # noqa: B023 - used within this turn
            if action == "unapply_success" and chain.key_of(migration) in last_of:  # noqa: B023
                run.connection.close()  # noqa: B023
                channel.pause(position=last_of[chain.key_of(migration)] - 1, alias=run.alias)  # noqa: B023

        run.executor.progress_callback = progress
        plan = [(migration, True) for layer in reversed(layered) for migration in reversed(layer)]
        watch.total = len(plan)
        run.executor.migrate(None, plan=plan)
    return {"steps": _steps(runs)}


def _first(layer: list[Any], replaced: list[Any]) -> str | None:
    for migration in layer:
        if list(chain.key_of(migration)) in replaced:
            return str(migration.name)
    return None


def _steps(runs: list[Run]) -> dict[str, Any]:
    return {run.alias: run.watch.steps for run in runs}
