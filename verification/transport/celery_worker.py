"""A real Celery worker of the project, asked how its database connection is secured."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

from verification.errors import CannotRun
from verification.processes import cleanup, die_with_parent
from verification.processes.wait import wait_for
from verification.project.configuration import Configuration
from verification.transport import folder
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
    """The pool's process that executed the task."""
    worker: int
    """The worker itself."""


class Worker:
    """One worker, started at once and asked later; ``with`` ends it."""

    def __init__(self, configuration: Configuration, environment: Mapping[str, str]) -> None:
        """Start it on a broker in its own memory, so that nothing else need run."""
        if not configuration.celery_app:
            raise CannotRun("pyproject.toml: [tool.verification] names no celery_app; name the application")
        self._folder = folder.make()
        self._answer = self._folder / "answer.json"
        self._output = (self._folder / "output").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [
                *(sys.executable, die_with_parent.__file__, str(int(signal.SIGTERM))),
                *(sys.executable, "-m", "celery", "--app", configuration.celery_app),
                *("--broker", "memory://", "--result-backend", "cache+memory://", "worker"),
                *("--include", "verification.transport.celery_probe"),
                *("--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env={**environment, ANSWER: str(self._answer)},
            cwd=configuration.root,
            start_new_session=True,
        )
        cleanup.register(self)

    def answer(self) -> Answer:
        """Await the task's answer. Raises ``CannotRun`` with the worker's last words when none comes."""

        def is_over() -> bool:
            return self._answer.exists() or self._process.poll() is not None

        wait_for(is_over, seconds=SECONDS, pause=_POLL_SECONDS)
        if not self._answer.exists():
            raise CannotRun(f"Celery worker: executed no task; it said: {self._last_words()}")
        found: dict[str, Any] = json.loads(self._answer.read_text(encoding="utf-8"))
        outcome = found["error"] or (IN_TLS if found["ssl"] else IN_CLEAR)
        session = Session(outcome, found.get("version") or "", found.get("cipher") or "")
        return Answer(session, found["process"], self._process.pid)

    def close(self) -> None:
        """End it with all processes of its pool; may be called twice.

        By force: it has answered, and a warm shutdown would wait for its broker's next poll.
        """
        cleanup.forget(self)
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._output.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    def _last_words(self) -> str:
        self._output.seek(0)
        return (self._output.read().strip().splitlines() or ["nothing"])[-1]
