"""Every kind of process of the project that connects to its database: web, Celery worker, beat, a management command.

Each is started as in production and connects every alias; what it saw goes to a file of its own.
"""

import json
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final, Self

from ..errors import CannotRun
from ..processes import run_directory
from ..processes.managed import ManagedProcess, dying_with_parent
from ..processes.wait import wait_for
from ..project.celery_worker import CeleryWorker
from ..project.configuration import Configuration
from ..project.web_server import WebServer
from . import web_probe
from .project_connections import Session, session_of
from .session_report import ANSWER

SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_PROBE: Final = f"{__package__}.celery_probe"
_REPORT: Final = f"from {__package__}.session_report import report; report()"


class Process:
    """One process, started at once and asked later; ``with`` ends it."""

    def __init__(self, what: str, configuration: Configuration, environment: Mapping[str, str]) -> None:
        """``what``: one of ``KINDS``. Raises ``CannotRun`` if the project has none."""
        self.what = what
        self._directory = run_directory.make("session")
        self._answer = self._directory / "answer.json"
        self._web: WebServer | None = None
        variables = {**environment, ANSWER: str(self._answer)}
        try:
            self._process: Any = KINDS[what](self, configuration, variables)
        except BaseException:
            run_directory.remove(self._directory)
            raise

    def _start_web(self, configuration: Configuration, variables: Mapping[str, str]) -> WebServer:
        self._web = WebServer.of(
            configuration,
            {**variables, web_probe.APPLICATION: configuration.application},
            application=f"{web_probe.__name__}:application",
            extra=("--workers", "1"),
        )
        return self._web

    def _start_worker(self, configuration: Configuration, variables: Mapping[str, str]) -> CeleryWorker:
        return CeleryWorker(configuration, variables, include=_PROBE)

    def _start_beat(self, configuration: Configuration, variables: Mapping[str, str]) -> ManagedProcess:
        if not configuration.celery_app:
            raise CannotRun("pyproject.toml: [tool.verification] names no celery_app", "name the application")
        schedule = str(self._directory / "schedule")
        return _started(
            configuration,
            variables,
            *("-m", _PROBE, "--app", configuration.celery_app, "--broker", "memory://"),
            *("beat", "--schedule", schedule, "--pidfile="),
        )

    def _start_command(self, configuration: Configuration, variables: Mapping[str, str]) -> ManagedProcess:
        places = [configuration.path(folder) / "manage.py" for folder in (*configuration.paths, ".")]
        program = next(([str(place)] for place in places if place.is_file()), ["-m", "django"])
        return _started(configuration, variables, *program, "shell", "-c", _REPORT)

    def sessions(self) -> list[Session]:
        """Wait for its answer: a session of each alias. Raises ``CannotRun`` with its last line if none comes."""
        wait_for(self._is_over, seconds=SECONDS, pause=_POLL_SECONDS)
        if not self._answer.exists():
            raise CannotRun(f"{self.what}: did not connect; it said: {self._process.last_line('nothing')}")
        reply: dict[str, Any] = json.loads(self._answer.read_text(encoding="utf-8"))
        return [session_of(each) for each in reply["sessions"]]

    def _is_over(self) -> bool:
        if self._web is not None and not self._answer.exists():
            with suppress(OSError, HTTPException):
                self._web.probe(web_probe.PATH, timeout=SECONDS).send()
        return self._answer.exists() or self._process.status() is not None

    def close(self) -> None:
        """End it with all that it started; may be called twice."""
        self._process.close()
        run_directory.remove(self._directory)

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()


KINDS: Final = {
    "web server": Process._start_web,
    "Celery worker": Process._start_worker,
    "Celery beat": Process._start_beat,
    "management command": Process._start_command,
}
"""Kind of process -> how it is started."""


def _started(configuration: Configuration, variables: Mapping[str, str], *words: str) -> ManagedProcess:
    command = [*dying_with_parent(signal.SIGTERM), sys.executable, *words]
    return ManagedProcess(command, environment=variables, directory=Path(configuration.root))
