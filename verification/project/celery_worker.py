"""A Celery worker of the project, on a broker in its own memory."""

import signal
import sys
from collections.abc import Mapping

from ..errors import CannotRun
from ..processes.managed import ManagedProcess, dying_with_parent
from .configuration import Configuration


class CeleryWorker(ManagedProcess):
    """One worker, started at once. ``close`` ends it by force: a warm shutdown waits for its broker's next poll."""

    def __init__(self, configuration: Configuration, environment: Mapping[str, str], *, include: str) -> None:
        """Start it with the tasks of the module ``include``. Raises ``CannotRun`` without a Celery application."""
        if not configuration.celery_app:
            raise CannotRun("pyproject.toml: [tool.verification] names no celery_app", "name the application")
        super().__init__(
            [
                *dying_with_parent(signal.SIGTERM),
                *(sys.executable, "-m", "celery", "--app", configuration.celery_app),
                *("--broker", "memory://", "--result-backend", "cache+memory://", "worker"),
                *("--include", include),
                *("--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            environment=environment,
            directory=configuration.root,
        )
