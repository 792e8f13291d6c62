"""A Celery worker of the project, on a broker in its own memory."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from verification.errors import CannotRun
from verification.processes import run_directory
from verification.processes.managed import ManagedProcess, dying_with_parent
from verification.project.configuration import Configuration


class CeleryWorker:
    """One worker, started at once."""

    def __init__(
        self, configuration: Configuration, environment: Mapping[str, str], *, include: str, answer: str
    ) -> None:
        """Start it with the tasks of the module ``include``.

        ``answer`` is a variable: it names the file ``self.answer`` to the tasks. Raises ``CannotRun`` if
        the project has no Celery application.
        """
        if not configuration.celery_app:
            raise CannotRun("pyproject.toml: [tool.verification] names no celery_app", "name the application")
        self._directory = run_directory.make("celery")
        self.answer: Path = self._directory / "answer.json"
        self.process = ManagedProcess(
            [
                *dying_with_parent(signal.SIGTERM),
                *(sys.executable, "-m", "celery", "--app", configuration.celery_app),
                *("--broker", "memory://", "--result-backend", "cache+memory://", "worker"),
                *("--include", include),
                *("--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            environment={**environment, answer: str(self.answer)},
            directory=configuration.root,
        )

    def close(self) -> None:
        """End it with all processes of its pool; may be called twice.

        By force: a warm shutdown would wait for its broker's next poll.
        """
        self.process.close()
        run_directory.remove(self._directory)
