"""A process of the project's own Python that runs migrations for the harness (``worker/``).

The project's Django, driver and dependencies stay its own: the two sides exchange JSON lines.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from ...errors import CannotRun
from ...postgres.server import Server
from ...processes.child import Child, ChildFailed
from ...project.configuration import Configuration

WORKER: Final = Path(__file__).parent / "worker"
START_SECONDS: Final = 60.0
"""How long the project's settings and apps may take to load."""
JOB_SECONDS: Final = 1800.0
"""How long one step may keep silent: a migration over production-like rows is long, not endless."""

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Project:
    """Whose migrations are run, and with which Python."""

    settings: str
    directory: Path
    python: str = sys.executable
    paths: tuple[str, ...] = ()
    """Folders for ``sys.path``, absolute."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    overlay: Mapping[str, str] = field(default_factory=dict)
    """Package of migrations -> folder with the copy that stands in for it."""

    @classmethod
    def of(cls, configuration: Configuration, *, settings: str = "", python: str = "") -> Self:
        """Describe the project that ``[tool.verification]`` describes."""
        return cls(
            settings=settings or configuration.settings,
            directory=configuration.root,
            # The worker starts in the project's folder; a virtual environment is known by its symbolic link.
            python=str(Path(python).absolute()) if os.sep in python else python or sys.executable,
            paths=tuple(
                str((configuration.root / folder).resolve()) for folder in (*configuration.paths, ".")
            ),
            variables=configuration.variables(),
        )


class JobFailed(Exception):  # noqa: N818 - reads as what it tells
    """A job that the project's side could not do."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        migration: str = "",
        detail: str = "",
        where: Mapping[str, Any] | None = None,
        steps: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        """As in ``worker/failure.py``; also "died", "not started" and "timeout"."""
        self.message = message
        self.migration = migration
        self.detail = detail
        self.where: Mapping[str, Any] = where or {}
        """Of a migration: number of the operation and statement, where statements are on record."""
        self.steps: Mapping[str, Any] = steps or {}
        """The record of the migrations before it, alias by alias."""

    @property
    def of_server(self) -> bool:
        """Whether the server lacks what the project needs, which another one may have."""
        return any(not kind and re.search(pattern, self.message) for kind, pattern, _ in ADVICE)

    def cannot_run(self, what: str) -> CannotRun:
        """Make the one line that ends a run."""
        where = f" in {self.migration}" if self.migration else ""
        return CannotRun(f"{what}{where}: {self.message}{_advice(self)}")


def request(project: Project, server: Server, idle: str) -> Event:
    """Return what leads a process of the project to the server; ``idle``: a database that is there."""
    return {
        "settings": project.settings,
        "paths": list(project.paths),
        "overlay": dict(project.overlay),
        "idle": idle,
        "server": {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "password": server.password,
        },
        "libpq": server.client_variables(),
        "ours": server.can_stop,
    }


class Worker:
    """One such process, started at once; ``with`` ends it."""

    def __init__(
        self,
        project: Project,
        server: Server,
        idle: str,
        *,
        progress: Callable[[Event], None] | None = None,
        step_seconds: float = JOB_SECONDS,
        offline: bool = False,
    ) -> None:
        """Start the project's process; ``progress`` gets migration, done and total as each step begins.

        ``offline``: a migration that calls the network ends its job.
        """
        self.project = project
        self._offline = {"host": server.host, "port": server.port} if offline else None
        self._step_seconds = step_seconds
        self._progress = progress
        self._child = self._start(project)
        try:
            self._send(request(project, server, idle))
            self.ready = self._await(START_SECONDS)
        except JobFailed as error:
            self.close()
            if error.kind == "settings":
                raise CannotRun(error.message) from None
            if error.kind == "died" and not _advice(error):
                error.kind = "not started"
            raise error.cannot_run(f"settings {project.settings}") from None
        except BaseException:
            self.close()
            raise

    def run(self, job: str, *, paused: Callable[[Event], None] | None = None, **values: Any) -> Event:
        """Do one job and give its result; ``paused`` is called at each pause and may use its databases.

        Raises ``JobFailed``; after "died" and "timeout" the runner is of no more use.
        """
        self._send({"job": job, "offline": self._offline, **values})
        current = ""
        while True:
            try:
                event = self._await(self._step_seconds)
            except JobFailed as error:
                error.migration = error.migration or current
                raise
            if event["event"] == "step":
                current = event["migration"]
                if self._progress is not None:
                    self._progress(event)
                continue
            if event["event"] != "paused":
                return event
            if paused is not None:
                try:
                    paused(event)
                except BaseException:
                    # The job waits for an answer that will not come.
                    self.close()
                    raise
            self._send({"go": True})

    def close(self) -> None:
        """End the process and whatever it started; may be called twice."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, project: Project) -> Child:
        try:
            return Child(
                "the project's process",
                [project.python, str(WORKER)],
                environment=project.variables or os.environ,
                directory=project.directory,
            )
        except OSError as error:
            raise CannotRun(
                f"interpreter {project.python}: cannot be started ({error.strerror})",
                "name the project's interpreter",
            ) from None

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            self._child.send(message)
        except ChildFailed as failure:
            raise _job_failed(failure) from None

    def _await(self, seconds: float) -> Event:
        try:
            event: Event = self._child.receive(seconds)
        except ChildFailed as failure:
            raise _job_failed(failure) from None
        if event["event"] == "error":
            raise JobFailed(
                event["kind"],
                event["message"],
                migration=event.get("migration", ""),
                detail=event.get("detail", ""),
                where=event.get("where"),
                steps=event.get("steps"),
            )
        return event


def _job_failed(failure: ChildFailed) -> JobFailed:
    if failure.kind == "timeout":
        return JobFailed("timeout", f"the project's process: {failure.message}")
    return JobFailed("died", f"the project's process ended ({failure.message})", detail=failure.detail)


ADVICE: Final = (
    ("connection", "", "the server went away: start it again and repeat"),
    ("resources", "No space left", "free disk space there, or take fewer rows"),
    ("network", "", "do that in a command of its own, before or after the deploy"),
    ("killed", "", "something outside ended it: look whether the machine ran out of memory"),
    ("driver", "", "install one in the environment that --python names"),
    ("died", "No module named 'django'", "name the project's interpreter with --python"),
    ("not started", "", "see that --python names the project's interpreter, Python 3.8 or newer"),
    (
        "",
        "extension .* is not available",
        "this server lacks the extension: use --provider container or existing with one that has it",
    ),
    (
        "",
        "not supported in this build",
        "this server was built without it: use --provider container or existing with one that has it",
    ),
)
"""Kind of failure (empty: any), what its message says (a pattern), what to do about it."""


def _advice(error: JobFailed) -> str:
    """Say what to do about it, as far as the failure tells."""
    for kind, pattern, advice in ADVICE:
        if kind in {"", error.kind} and re.search(pattern, error.message):
            return f"; {advice}"
    return ""
