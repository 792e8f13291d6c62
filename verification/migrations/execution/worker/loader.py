"""Chains: Django's own loader and executor on the tree as it was before certain squashes came.

Those squashes are left out before the graph is built, together with what is there for them alone. Taken out of
a finished graph, as Django does for a database in the middle of the originals, a squash would leave traces that
no tree without it has: its ``run_before``, a second end where only the squash followed, dependencies that it added.
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
        self.without = [tuple(key) for key in without]
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
        self._leave_out()

    def _depth(self, key: tuple[str, str], above: tuple[Any, ...] = ()) -> int:
        """Count the levels of squashes below a migration; 0: it is none, or unknown."""
        if key in above:
            raise Refused("load", "{}.{} replaces itself, by itself or through another".format(*key))
        migration = self.disk_migrations.get(key)
        if migration is None or not migration.replaces:
            return 0
        return 1 + max(self._depth(replaced, (*above, key)) for replaced in migration.replaces)

    def _leave_out(self) -> None:
        """Remove the squashes, let what depends on one depend on its originals, and remove what only they follow."""
        disk = self.disk_migrations
        gone = {key: disk.pop(key) for key in self.without if key in disk}
        stands_for = {key: self._stands_for(key, gone) for key in gone}
        first, last = _ends(stands_for, disk)
        for migration in disk.values():
            migration.dependencies = _instead(migration.dependencies, last)
            migration.run_before = _instead(migration.run_before, first)
        waiting = [(app, each) for (app, _), squash in gone.items() for each in squash.dependencies]
        while waiting:
            app, each = waiting.pop()
            if each[0] == app and self._is_stray(tuple(each)):
                waiting += [(app, other) for other in disk.pop(tuple(each)).dependencies]

    def _stands_for(self, key: Any, gone: dict[Any, Any]) -> list[Any]:
        """Return what a squash replaces, in the place of squashes that are left out too what those replace."""
        found: list[Any] = []
        for replaced in map(tuple, gone[key].replaces):
            found += self._stands_for(replaced, gone) if replaced in gone else [replaced]
        return [each for each in dict.fromkeys(found) if each in self.disk_migrations]

    def _is_stray(self, key: Any) -> bool:
        """Whether nothing follows a migration any more, and its app has another end."""
        disk = self.disk_migrations
        needed = {tuple(each) for migration in disk.values() for each in migration.dependencies}
        ends = {each for each in disk if each[0] == key[0] and each not in needed}
        return key in ends and len(ends) > 1


def _ends(stands_for: dict[Any, list[Any]], disk: Any) -> tuple[dict[Any, list[Any]], dict[Any, list[Any]]]:
    """Return, for each squash, those of its originals that need none of the others, and those that none needs."""
    first, last = {}, {}
    for squash, originals in stands_for.items():
        needs = {key: {tuple(each) for each in disk[key].dependencies} & set(originals) for key in originals}
        first[squash] = [key for key in originals if not needs[key]]
        last[squash] = [key for key in originals if not any(key in each for each in needs.values())]
    return first, last


def _instead(keys: Any, ends: dict[Any, list[Any]]) -> list[Any]:
    """Replace the keys of squashes in a list of dependencies."""
    return [other for key in keys for other in ends.get(tuple(key), [key])]


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
