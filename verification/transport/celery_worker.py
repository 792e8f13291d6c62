"""A real Celery worker of the project, asked how its database connection is secured."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from verification.errors import CannotRun
from verification.processes.wait import wait_for
from verification.project.celery_worker import CeleryWorker
from verification.project.configuration import Configuration
from verification.transport.cases import IN_CLEAR, IN_TLS
from verification.transport.celery_probe import ANSWER
from verification.transport.project_connections import Session

SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Answer:
    """What a worker's task saw."""

    session: Session
    process: int
    """Number of the pool's process that executed the task."""
    worker: int
    """Number of the worker's own process."""


class Worker:
    """One worker, started at once and asked later; ``with`` ends it."""

    def __init__(self, configuration: Configuration, environment: Mapping[str, str]) -> None:
        """Start it with the task that looks at its own connection."""
        self._worker = CeleryWorker(
            configuration, environment, include="verification.transport.celery_probe", answer=ANSWER
        )

    def answer(self) -> Answer:
        """Wait for the task's answer. Raises ``CannotRun`` with the worker's last line if none comes."""
        file = self._worker.answer

        def is_over() -> bool:
            return file.exists() or self._worker.process.status() is not None

        wait_for(is_over, seconds=SECONDS, pause=_POLL_SECONDS)
        if not file.exists():
            said = self._worker.process.last_line("nothing")
            raise CannotRun(f"Celery worker: executed no task; it said: {said}")
        reply: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        outcome = reply["error"] or (IN_TLS if reply["ssl"] else IN_CLEAR)
        session = Session(outcome, reply.get("version") or "", reply.get("cipher") or "")
        return Answer(session, reply["process"], self._worker.process.pid)

    def close(self) -> None:
        """End it with all processes of its pool; may be called twice."""
        self._worker.close()

    def __enter__(self) -> Self:
        """Return the running worker."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()
