"""Run chains on databases of a server: fresh ones, or clones of one that has been run already."""

import functools
import os
import queue
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

from ...errors import CannotRun
from ...postgres import driver
from ...postgres.server import Server
from ...schema.comparison.compare import DEFAULTS
from ...schema.comparison.options import Options
from ..plan.chains import Chain, Squash, Tree
from .tree_reader import read_tree
from .worker_process import JOB_SECONDS, Event, Project, Worker

DROPPED_AT_A_TIME: Final = 4


@dataclass(frozen=True)
class Step:
    """One migration as it ran; with its cost on the data that were there, if that was measured."""

    alias: str
    migration: str
    seconds: float
    locks_seen: str = ""
    """How its locks were read: in its "transaction", after each of its "statements", or by "samples" alone."""
    locks: Mapping[str, str] = field(default_factory=dict)
    """Table that was there before -> strongest lock."""
    rewritten: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """Table -> the planner's estimate of its rows before the step."""
    statements: tuple[Mapping[str, Any], ...] = ()
    """Each statement: the keys are those of ``worker/sheet.py``."""

    @property
    def caveat(self) -> str:
        """What the record of locks may lack; empty when it is whole."""
        if self.locks_seen != "samples":
            return ""
        return "a statement that refuses a transaction: its locks are samples, short ones may be missing"

    @property
    def disk_bytes(self) -> int:
        """New files and what others grew by: what a transaction replaces stays to its end."""
        return sum(each["disk"] for each in self.statements)

    @property
    def wal_bytes(self) -> int:
        """Write-ahead log, as far as the server did nothing else meanwhile."""
        return sum(each["wal"] for each in self.statements)


@dataclass(frozen=True)
class Databases:
    """One database for each alias that has its own."""

    names: Mapping[str, str]
    """Alias -> name, mirrors included."""
    own: tuple[str, ...]
    """The aliases that are migrated, in order."""

    def to_json(self) -> dict[str, str]:
        """Return the worker the aliases to migrate."""
        return {alias: self.names[alias] for alias in self.own}


class MigrationRunner:
    """Runs a project's migrations on databases of a server; removes its workers and databases in the end."""

    def __init__(
        self,
        project: Project,
        server: Server,
        *,
        max_workers: int | None = None,
        progress: Callable[[int, Event], None] | None = None,
        step_seconds: float = JOB_SECONDS,
        options: Options = DEFAULTS,
        offline: bool = False,
    ) -> None:
        """Start one worker. ``progress``: called with the number of the worker at each of its steps.

        ``step_seconds``: how long one migration may take. ``options``: what every comparison of this project's
        databases leaves out. ``offline``: a migration that calls the network fails.
        """
        self.offline = offline
        self.options = options
        self.project = project
        self.server = server
        self.progress = progress
        self.step_seconds = step_seconds
        self.max_workers = max_workers or max(1, min(4, os.cpu_count() or 1))
        self._created: list[str] = []
        self._workers: list[Worker] = []
        self._free: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._dropping = ThreadPoolExecutor(1)
        self._starting: threading.Thread | None = None
        self._begun = 0
        """How many workers run or start."""
        try:
            self.idle = self._create(None)
            """A database to which anybody may be connected."""
            self._free.put(self._take())
        except BaseException:
            self.close()
            raise
        self.aliases: Mapping[str, str | None] = self._workers[0].ready["aliases"]

    @property
    def versions(self) -> str:
        """What runs in the project's process, for a report."""
        ready = self._workers[0].ready
        return f"Django {ready['django']}, Python {ready['python']}, {ready['driver']}"

    @cached_property
    def tree(self) -> Tree:
        """The project's migrations as its folders hold them."""
        with self.worker() as worker:
            return read_tree(worker)

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """Borrow a worker; a new one is started while there are fewer than ``workers``."""
        worker = self._take()
        try:
            yield worker
        finally:
            self._free.put(worker)

    def start_workers(self) -> None:
        """Start all workers that are still missing, in a thread: whoever needs one waits no longer than before."""
        self._starting = threading.Thread(target=self._start_missing)
        self._starting.start()

    def _start_missing(self) -> None:
        # What is wrong is said to whoever needs the worker.
        with suppress(CannotRun):
            while self._may_begin():
                self._free.put(self._new_worker())

    def run_parallel(self, *tasks: Callable[[], Any]) -> list[Any]:
        """Do several things at once, as many as there are workers; return their results in order."""
        if len(tasks) == 1:
            return [tasks[0]()]
        with ThreadPoolExecutor(self.max_workers) as pool:
            futures = [pool.submit(task) for task in tasks]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
                broken = [each for each in futures if each.done() and each.exception() is not None]
                return [future.result() for future in broken or futures]
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def fresh(self) -> Databases:
        """Create empty databases."""
        return self._databases(lambda _: None)

    def clone(self, databases: Databases, *, empty: Collection[str] = ()) -> Databases:
        """Copy databases to which nobody is connected; those of the aliases in ``empty`` are made empty instead."""
        return self._databases(lambda alias: None if alias in empty else databases.names[alias])

    def drop(self, databases: Databases) -> None:
        """Drop databases before the end."""
        for alias in databases.own:
            self.server.drop_database(databases.names[alias])
            with self._lock:
                self._created.remove(databases.names[alias])

    @contextmanager
    def copy(self, databases: Databases) -> Iterator[Databases]:
        """Clone databases for the length of a ``with`` block."""
        copied = self.clone(databases)
        try:
            yield copied
        finally:
            # Dropping waits for a checkpoint, and nothing waits for the dropping.
            self._dropping.submit(self._drop_if_there, copied)

    def _drop_if_there(self, databases: Databases) -> None:
        with suppress(driver.Error, CannotRun):
            self.drop(databases)

    def forward(self, databases: Databases, chain: Chain, *, measured: bool = False) -> list[Step]:
        """Migrate to the end of the chain as ``migrate`` does. Raises ``JobFailed``.

        ``measured``: with the record of each statement, which ``migrations/cost`` reads.
        """
        with self.worker() as worker:
            result = worker.run(
                "forward", databases=databases.to_json(), without=chain.to_json(), measured=measured
            )
        return steps_of(result)

    def apply_stepwise(
        self,
        databases: Databases,
        chain: Chain,
        squash: Squash,
        paused: Callable[[Event], None],
        *,
        start: int = -1,
        measured: bool = False,
    ) -> list[Step]:
        """Migrate original by original of ``squash``; ``paused`` is called after each, 0 being "none yet".

        ``start``: the position at which the databases are. ``measured``: as in ``forward``.
        """
        with self.worker() as worker:
            result = worker.run(
                "apply_stepwise",
                databases=databases.to_json(),
                without=chain.to_json(),
                replaced=[list(key) for key in squash.originals],
                start=start,
                measured=measured,
                paused=paused,
            )
        return steps_of(result)

    def roll_back_stepwise(
        self,
        databases: Databases,
        chain: Chain,
        squash: Squash,
        start: int,
        paused: Callable[[Event], None],
        *,
        stop: int = 0,
    ) -> list[Step]:
        """Go back from the ``start``-th original to the ``stop``-th, or to none; ``paused`` is called after each."""
        with self.worker() as worker:
            result = worker.run(
                "roll_back_stepwise",
                databases=databases.to_json(),
                without=chain.to_json(),
                replaced=[list(key) for key in squash.originals],
                start=start,
                stop=stop,
                paused=paused,
            )
        return steps_of(result)

    def close(self) -> None:
        """End the workers and drop every database that was created; may be called twice."""
        if self._starting is not None:
            self._starting.join()
        for worker in self._workers:
            worker.close()
        self._dropping.shutdown()
        # Several at a time share one checkpoint.
        with ThreadPoolExecutor(DROPPED_AT_A_TIME) as pool:
            pool.map(self._drop_database, self._created)
        self._created.clear()

    def _drop_database(self, name: str) -> None:
        # A server that has gone took its databases with it, or will be removed as a whole.
        with suppress(driver.Error, CannotRun):
            self.server.drop_database(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _databases(self, template: Callable[[str], str | None]) -> Databases:
        own = tuple(alias for alias, same_as in self.aliases.items() if same_as is None)
        # The default comes first: the others may depend on its rows.
        own = tuple(sorted(own, key=lambda alias: alias != "default"))
        names = {alias: self._create(template(alias)) for alias in own}
        mirrors = {alias: names[target] for alias, target in self.aliases.items() if target in names}
        return Databases({**names, **mirrors}, own)

    def _create(self, template: str | None) -> str:
        try:
            name = self.server.create_database(template=template).name
        except driver.OperationalError as error:
            raise CannotRun(
                f"no database can be created at {self.server.address}: {str(error).strip().splitlines()[0]}",
                "check that the server runs and that its user may create databases",
            ) from None
        with self._lock:
            self._created.append(name)
        return name

    def _take(self) -> Worker:
        with suppress(queue.Empty):
            return self._free.get_nowait()
        return self._new_worker() if self._may_begin() else self._free.get()

    def _may_begin(self) -> bool:
        with self._lock:
            if self._begun >= self.max_workers:
                return False
            self._begun += 1
            return True

    def _new_worker(self) -> Worker:
        """Start one that ``_may_begin``."""
        with self._lock:
            number = self._begun - 1
        tell = functools.partial(self.progress, number) if self.progress is not None else None
        try:
            worker = Worker(
                self.project,
                self.server,
                self.idle,
                progress=tell,
                step_seconds=self.step_seconds,
                offline=self.offline,
            )
        except BaseException:
            with self._lock:
                self._begun -= 1
            raise
        with self._lock:
            self._workers.append(worker)
        return worker


def steps_of(result: Event) -> list[Step]:
    """Read the record of a run."""
    return [_step(alias, step) for alias, steps in result["steps"].items() for step in steps]


def _step(alias: str, step: Event) -> Step:
    cost: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in step["cost"].items()
    }
    return Step(alias, f"{step['app']}.{step['migration']}", step["seconds"], **cost)
