"""Two migrators at once: the project's migrate command, started twice on one database."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from ..errors import CannotRun
from ..migrations.equivalence.upgrade import connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.execution.worker_process import Event, JobFailed
from ..migrations.plan.chains import Chain, key_of
from .error_text import without_values
from .finding import Finding
from .state import State, Unstable, differences, read_state
from .tree import Tree

MIGRATE: Final = "migrate"
APART_S: Final = 10.0
"""How long the second may take to come to its plan; one that does not is kept from it by the first."""
_KEPT: Final = """
    SELECT count(*) FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
      AND (a.wait_event_type = 'Lock'
           OR a.query ILIKE '%advisory%'
              AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted))
"""
"""Sessions that wait for a lock of another one, or poll for an advisory lock."""


def judge(
    runner: MigrationRunner,
    databases: Databases,
    alone: Databases,
    steps: list[Step],
    files: Tree,
    unstable: Unstable,
    root: Path,
    command: str = "",
) -> Iterator[Finding]:
    """Find what two migrators do to one another.

    ``databases``: the base with few rows, to be cloned; ``alone``: the same as one migrator has left it.
    Where one fails and a second start ends well it is a notice, unless the project says by ``migrate_command`` what
    its processes start: that command is meant to be started by several. Raises ``CannotRun``.
    """
    with runner.copy(databases) as clone:
        before = {alias: read_state(runner, clone, alias, unstable) for alias in clone.own}
        try:
            errors = _both(runner, clone, command or MIGRATE)
        except JobFailed as error:
            raise error.cannot_run("two migrators cannot be tried") from None
        left = _left(runner, alone, clone, before, unstable)
    if not (errors or left):
        return
    migration = files[key_of(steps[0].migration)]
    yield Finding(
        code="migrators-race",
        migration=migration.name,
        file=migration.relative(root),
        effect="two processes that are started together leave something else than one"
        if left
        else "of two processes that are started together one fails, and starts no server; a second start ends well",
        evidence=(
            f"manage.py {command or MIGRATE}, started twice",
            *(f"one of them: {without_values(each)}" for each in errors),
            *left,
        ),
        remedy="one migrator at a time: a command that polls pg_try_advisory_lock before it looks what is left to "
        "apply (migrate_command in [tool.verification] names it), or one job before all servers (one_migrator = true "
        "in [tool.verification.deploy] says so)",
        notice=not left and not command,
    )


def _both(runner: MigrationRunner, databases: Databases, command: str) -> list[str]:
    """Start two, let both come to their plans, and return the errors."""
    meeting = _Meeting(runner, databases)

    def run(_: int) -> str:
        with runner.worker() as worker:
            try:
                result: dict[str, Any] = worker.run(
                    "migrate_command",
                    databases=databases.to_json(),
                    command=command,
                    hold=True,
                    paused=meeting,
                )
            finally:
                meeting.over()
        if result.get("unknown"):
            raise CannotRun(
                f"migrate_command: manage.py has no command {command.split(maxsplit=1)[0]}",
                "correct [tool.verification]",
            )
        return str(result["error"])

    with ThreadPoolExecutor(2) as pool:
        return [error for error in pool.map(run, range(2)) if error]


class _Meeting:
    """Lets the first go on once the second has its plan too, has ended, or is kept from it."""

    def __init__(self, runner: MigrationRunner, databases: Databases) -> None:
        self.runner, self.databases = runner, databases
        self._changed = threading.Condition()
        self._there = 0

    def __call__(self, _: Event) -> None:
        self.over()
        until = time.monotonic() + APART_S
        with (
            closing(connect(self.runner, self.databases, self.databases.own[0])) as connection,
            self._changed,
        ):
            while self._there < 2 and time.monotonic() < until and not _kept(connection):  # noqa: PLR2004 - both
                self._changed.wait(0.05)

    def over(self) -> None:
        with self._changed:
            self._there += 1
            self._changed.notify_all()


def _kept(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        return bool(cursor.fetchone()[0])


def _left(
    runner: MigrationRunner,
    alone: Databases,
    both: Databases,
    before: dict[str, State],
    unstable: Unstable,
) -> list[str]:
    """Say what is not as one migrator leaves it, once migrate has been started again."""
    try:
        runner.forward(both, Chain())
    except JobFailed as error:
        if not error.migration:
            raise
        return [f"started again: {without_values(error.message)}"]
    found = []
    for alias in both.own:
        one = read_state(runner, alone, alias, unstable, before[alias])
        found += differences(one, read_state(runner, both, alias, unstable, one))
    return [f"left by the two: {each}" for each in found]
