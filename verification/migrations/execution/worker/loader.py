"""Chains: Django's own loader and executor, with squashes withdrawn on demand.

``MigrationLoader(replace_migrations=False)`` keeps a squash *and* what it replaces in the
graph, as two leaves. Here the graph drops the squash instead, by the method that Django
itself uses for a database in the middle of the originals (``remove_replacement_node``).
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder

from .failure import Refused

Key = "tuple[str, str]"


class ChainLoader(MigrationLoader):
    """A loader for which the squashes named in ``without`` do not exist."""

    def __init__(self, connection: Any, without: list[Any]) -> None:
        self.without: dict[tuple[str, str], list[tuple[str, str]]] = {tuple(key): [] for key in without}
        super().__init__(connection)

    def load_disk(self) -> None:
        """Read the migrations in one order, so that two runs see one graph.

        Apps stay in the order of the settings: Django resolves squashes app by app, and a squash
        that replaces another app's squash loads in the right order alone. Within an app, where
        Django's order is chance, a squash comes after those that it replaces.
        """
        super().load_disk()
        for key, migration in self.disk_migrations.items():
            _check_replaces(key, migration.replaces)
        position = {app: index for index, (app, _) in enumerate(self.disk_migrations)}
        self.disk_migrations = dict(
            sorted(
                self.disk_migrations.items(),
                key=lambda item: (position[item[0][0]], self._depth(item[0]), item[0]),
            )
        )

    def _depth(self, key: tuple[str, str], above: tuple[Any, ...] = ()) -> int:
        """Count the levels of squashes below a migration; 0: it is none, or unknown."""
        if key in above:
            raise Refused("load", "{}.{} replaces itself, by itself or through another".format(*key))
        migration = self.disk_migrations.get(key)
        if migration is None or not migration.replaces:
            return 0
        return 1 + max(self._depth(replaced, (*above, key)) for replaced in migration.replaces)

    def check_key(self, key: Any, current_app: Any) -> Any:
        """Resolve ``__first__`` as a tree without the withdrawn squashes would."""
        found = super().check_key(key, current_app)
        if key[1] != "__first__" or found not in self.without:
            return found
        roots = [root for root in self.graph.root_nodes(key[0]) if root not in self.without]
        return roots[0] if roots else found

    def add_external_dependencies(self, key: Any, migration: Any) -> None:
        """Withdraw the squashes once the last dependency stands, before Django judges the graph."""
        super().add_external_dependencies(key, migration)
        if key != next(reversed(list(self.disk_migrations))):
            return
        # The outer ones first: what needed them then needs the inner ones, and at last the originals.
        for squash in sorted(self.without, key=self._depth, reverse=True):
            replacement = self.replacements.pop(squash, None)
            if replacement is not None:
                self.graph.remove_replacement_node(squash, replacement.replaces)
                # A squash that was recorded earlier is no part of this chain.
                self.applied_migrations.pop(squash, None)


def _check_replaces(key: tuple[str, str], replaces: Any) -> None:
    """Refuse what Django would stumble over later, without a word about where it stands."""
    for each in replaces:
        if not (isinstance(each, tuple) and len(each) == 2 and all(isinstance(part, str) for part in each)):  # noqa: PLR2004 - a pair
            line = "{}.{}: replaces holds {!r}, which is no (app, name) in a tuple"
            raise Refused("load", line.format(*key, each))


class ChainExecutor(MigrationExecutor):
    """An executor over a loader that is made already."""

    def __init__(self, connection: Any, loader: ChainLoader, progress: Any = None) -> None:
        self.connection = connection
        self.loader = loader
        self.recorder = MigrationRecorder(connection)
        self.progress_callback = progress


def load(connection: Any, without: list[Any]) -> ChainLoader:
    """Load a chain; two ends of one app are refused as ``migrate`` refuses them."""
    loader = ChainLoader(connection, without)
    conflicts = loader.detect_conflicts()
    if conflicts:
        named = "; ".join("{}: {}".format(app, ", ".join(names)) for app, names in sorted(conflicts.items()))
        raise Refused("load", "the graph has more than one end ({}); merge or remove one".format(named))
    return loader


def full_plan(executor: ChainExecutor) -> list[Migration]:
    """Return the whole chain in the order in which an empty database would get it."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    return [migration for migration, _ in plan]


def key_of(migration: Migration) -> tuple[str, str]:
    """Return the graph's key of a migration."""
    return migration.app_label, migration.name


def layers(executor: ChainExecutor, replaced: list[Any]) -> list[list[Migration]]:
    """Cut the chain at each replaced migration.

    Layer 0 holds all that needs none of ``replaced``; layer k holds the k-th of them and
    what needs it and nothing later. Layers 0..k are the furthest that a database can have
    come that stopped at the k-th original.
    """
    order = [key for key in (key_of(migration) for migration in full_plan(executor)) if list(key) in replaced]
    position = {key: index for index, key in enumerate(order, start=1)}
    reached: dict[tuple[str, str], int] = {}
    found: list[list[Migration]] = [[] for _ in range(len(order) + 1)]
    for migration in full_plan(executor):
        key = key_of(migration)
        parents = [parent.key for parent in executor.loader.graph.node_map[key].parents]
        reached[key] = max([position.get(key, 0)] + [reached.get(parent, 0) for parent in parents])
        found[reached[key]].append(migration)
    return found
