"""Jobs other than running a chain: list squashes, load a chain, describe models, write a squash."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter
from django.db.models.options import normalize_together

from . import affected_tables
from . import loader as chain
from .describe import tables
from .failure import Refused, to_message
from .loader import ChainLoader
from .run import create_schemas


class _DiskLoader(ChainLoader):
    """Reads the files and stops before the graph, which may be broken."""

    def build_graph(self) -> None:
        self.load_disk()


def squashes(_: dict[str, Any]) -> dict[str, Any]:
    """List every squash in the tree: app, name, replaces, missing, in_use (on an empty database)."""
    disk = _DiskLoader(None, []).disk_migrations
    error, used = None, set(disk)
    try:
        used = set(chain.load(None, []).graph.nodes)
    except Exception as caught:  # noqa: BLE001 - sent to the harness, which decides
        error = to_message(caught)
    found = [
        {
            "app": app,
            "squash": name,
            "replaces": [list(key) for key in _leaves((app, name), disk)],
            "covers": [list(key) for key in _covered((app, name), disk)],
            "missing": ["{}.{}".format(*key) for key in migration.replaces if tuple(key) not in disk],
            "in_use": (app, name) in used,
            "tables": affected_tables.tables(
                disk[key] for key in [*_covered((app, name), disk), (app, name)] if key in disk
            ),
        }
        for (app, name), migration in sorted(disk.items())
        if migration.replaces
    ]
    modules = {app: ChainLoader.migrations_module(app)[0] for app, _ in disk}
    return {
        "squashes": found,
        "error": error,
        "labels": sorted(config.label for config in apps.get_app_configs()),
        "migrations": {app: sorted(name for label, name in disk if label == app) for app in modules},
        "packages": modules,
        "folders": {app: next(iter(import_module(module).__path__)) for app, module in modules.items()},
    }


def _covered(key: tuple[str, str], disk: dict[Any, Any]) -> list[tuple[str, str]]:
    """Return all that a squash stands for, squashes in between included."""
    found: list[tuple[str, str]] = []
    for replaced in map(tuple, disk[key].replaces):
        inner = _covered(replaced, disk) if replaced in disk and disk[replaced].replaces else []
        found.extend(each for each in [*inner, replaced] if each not in found)
    return found


def _leaves(key: tuple[str, str], disk: dict[Any, Any]) -> list[tuple[str, str]]:
    """Return the originals behind a squash, through squashes that it replaces, in their order."""
    found: list[tuple[str, str]] = []
    for replaced in map(tuple, disk[key].replaces):
        nested = disk.get(replaced)
        # A squash whose own originals are gone is an original itself.
        whole = (
            nested is not None and nested.replaces and all(tuple(each) in disk for each in nested.replaces)
        )
        inner = _leaves(replaced, disk) if whole else [replaced]
        found.extend(each for each in inner if each not in found)
    return found


def load(job: dict[str, Any]) -> dict[str, Any]:
    """Load a chain and return its nodes."""
    return {"nodes": sorted(chain.load(None, job["without"]).graph.nodes)}


def check_history(job: dict[str, Any]) -> dict[str, Any]:
    """Record a squash that depends on ``__latest__``, and what its originals need; raise what ``migrate`` says to that.

    So the history of a database is that got the squash before the other app got its last migrations.
    """
    loader = chain.load(None, job["without"])
    squash = tuple(job["squash"])
    disk = _DiskLoader(None, []).disk_migrations
    if not any(app != squash[0] and name == "__latest__" for app, name in disk[squash].dependencies):
        return {}
    connection = connections[next(iter(job["databases"]))]
    create_schemas(connection)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    needed = {each for key in _leaves(squash, disk) for each in loader.graph.forwards_plan(key)}
    for key in [*needed, squash]:
        for app, name in [*_covered(key, disk), key]:
            recorder.record_applied(app, name)
    chain.load(connection, []).check_consistent_history(connection)
    return {}


def changes(job: dict[str, Any]) -> dict[str, Any]:
    """Return what ``makemigrations`` would write: app -> descriptions of operations."""
    loader = chain.load(None, job["without"])
    detector = MigrationAutodetector(
        loader.project_state(), ProjectState.from_apps(apps), MigrationQuestioner(dry_run=True)
    )
    found = detector.changes(graph=loader.graph)
    return {
        "changes": {
            app: [operation.describe() for migration in migrations for operation in migration.operations]
            for app, migrations in sorted(found.items())
        }
    }


def unmigrated(job: dict[str, Any]) -> dict[str, Any]:
    """Return the apps that have models with tables and no migrations: app -> its folder and the models."""
    labels = chain.load(None, job["without"]).unmigrated_apps
    found = {}
    for config in apps.get_app_configs():
        models = [model for model in config.get_models() if model._meta.managed and not model._meta.proxy]
        if config.label in labels and models:
            found[config.label] = [config.path, sorted(model.__name__ for model in models)]
    return {"apps": found}


def states(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the autodetector writes from each of two chains' final models to the other's: model -> operations."""
    left, right = (_final_state(chain.load(None, job[side])) for side in ("left", "right"))
    return {"left": _operations(right, left), "right": _operations(left, right)}


def _final_state(loader: ChainLoader) -> ProjectState:
    state = loader.project_state()
    for model in state.models.values():
        # Migrations may write it as lists; the autodetector expects what models have.
        for name in ("unique_together", "index_together"):
            if model.options.get(name):
                model.options[name] = set(normalize_together(model.options[name]))
    return state


def _operations(start: ProjectState, end: ProjectState) -> dict[str, str]:
    detector = MigrationAutodetector(start, end, MigrationQuestioner(dry_run=True))
    found: dict[str, list[str]] = {}
    for app, migrations in detector._detect_changes().items():
        for operation in [each for migration in migrations for each in migration.operations]:
            model = getattr(operation, "model_name", None) or getattr(operation, "name", "")
            found.setdefault("{}.{}".format(app, str(model).lower()), []).append(operation.describe())
    return {model: "; ".join(lines) for model, lines in found.items()}


def models(job: dict[str, Any]) -> dict[str, Any]:
    """Describe the tables of the live models, by alias."""
    return {"tables": {alias: tables(apps, connections[alias]) for alias in job["databases"]}}


def create(job: dict[str, Any]) -> dict[str, Any]:
    """Create every table straight from the live models, past all migrations."""
    from django.core.management.commands.migrate import Command

    for alias in job["databases"]:
        command = Command()
        command.verbosity, command.interactive = 0, False
        command.sync_apps(connections[alias], {config.label for config in apps.get_app_configs()})
    return {}


def prune(job: dict[str, Any]) -> dict[str, Any]:
    """Run ``migrate APP --prune`` for each app on each database."""
    for alias in job["databases"]:
        for app in job["apps"]:
            call_command("migrate", app, prune=True, database=alias, interactive=False, verbosity=0)
    return {}


def squash(job: dict[str, Any]) -> dict[str, Any]:
    """Run ``squashmigrations`` over the whole of an app, in this tree (a copy that the harness made)."""
    ends = [name for app, name in chain.load(None, job["without"]).graph.leaf_nodes(job["app"])]
    call_command("squashmigrations", job["app"], ends[0], interactive=False, verbosity=0)
    return {}


def rebuild(job: dict[str, Any]) -> dict[str, Any]:
    """Write a squash from the final state: what a first ``makemigrations`` would write today.

    Returns the file's text; raises for a state that takes more than one migration.
    """
    app = job["app"]
    loader = chain.load(None, job["without"])
    final = _final_state(loader)
    start = final.clone()
    for key in [key for key in start.models if key[0] == app]:
        del start.models[key]
    detector = MigrationAutodetector(start, final, MigrationQuestioner(dry_run=True))
    made = detector._detect_changes().get(app, [])
    if len(made) != 1:
        raise Refused("blocked", "the final state of {} takes {} migrations, not one".format(app, len(made)))
    end = loader.graph.leaf_nodes(app)[0]
    replaced = [loader.graph.nodes[key] for key in loader.graph.forwards_plan(end) if key[0] == app]
    inner = {chain.key_of(migration) for migration in replaced}
    migration = made[0]
    migration.name = "0001_squashed_" + end[1]
    migration.initial = True
    migration.replaces = [chain.key_of(each) for each in replaced]
    outer = [dependency for each in replaced for dependency in each.dependencies]
    migration.dependencies = sorted({each for each in outer if tuple(each) not in inner}, key=str)
    return {
        "name": migration.name,
        "text": MigrationWriter(migration).as_string(),
        "left_out": [
            "{}: {}".format(each.name, operation.describe())
            for each in replaced
            for operation in each.operations
            if isinstance(operation, (RunPython, RunSQL)) and not operation.elidable
        ],
    }
