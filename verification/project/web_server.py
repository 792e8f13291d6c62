"""A production web server process: gunicorn with the project's own configuration, on a free port."""

import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self

from ..errors import CannotRun
from ..processes.managed import ManagedProcess, dying_with_parent
from ..processes.output import last_line
from ..processes.wait import wait_for
from .configuration import Configuration
from .http_probe import Probe

LOOPBACK: Final = "127.0.0.1"
START_SECONDS: Final = 30.0
"""How long a project may take to import before it counts as not starting."""
BACKLOG: Final = 2048
"""As gunicorn's own default."""
LINE_LENGTH: Final = 300
_ERROR: Final = re.compile(r"\b(?:[\w.]*Error|[\w.]*Exception|ImproperlyConfigured): [^\n\"\\]+")
"""An error's own words, at the end of a traceback, be it text or a line of JSON."""


def _without_control_socket() -> list[str]:
    """Switch off what would otherwise be one path for all servers of a user (since gunicorn 25.1)."""
    config = import_module("gunicorn.config")
    known = {setting.name for setting in config.KNOWN_SETTINGS}
    return ["--no-control-socket"] if "control_socket_disable" in known else []


class WebServer:
    """One gunicorn with its workers; ``with WebServer(...) as web:`` stops it, however the block ends.

    The port is bound here and inherited (``fd://``), so no other process can take it in between.
    ``application`` is a WSGI callable as ``module:name``; ``wrapper`` is a command that runs
    gunicorn, such as strace with its options; ``extra`` are further options of gunicorn.
    """

    def __init__(
        self,
        application: str,
        variables: Mapping[str, str],
        *,
        directory: Path,
        gunicorn_config: Path | None = None,
        wrapper: Sequence[str] = (),
        extra: Sequence[str] = (),
    ) -> None:
        if find_spec("gunicorn") is None:
            raise CannotRun("gunicorn is not installed in this Python; install it: pip install gunicorn")
        if gunicorn_config and not gunicorn_config.exists():
            raise CannotRun(f"{gunicorn_config}: no such file", "fix gunicorn_config in [tool.verification]")
        self.application = application
        listener = socket.create_server((LOOPBACK, 0), backlog=BACKLOG)
        self.port: int = listener.getsockname()[1]
        options = ["--config", str(gunicorn_config)] if gunicorn_config else []
        options += _without_control_socket()
        gunicorn = [sys.executable, "-m", "gunicorn", *options, "--bind", f"fd://{listener.fileno()}", *extra]
        command = [*dying_with_parent(signal.SIGTERM), *gunicorn]
        if wrapper:
            # strace blocks SIGTERM, hence SIGKILL; gunicorn, its child, is then ended by its own die_with_parent.
            command = [*dying_with_parent(signal.SIGKILL), *wrapper, *command]
        with listener:
            self._process = ManagedProcess(
                [*command, application],
                environment=variables,
                directory=directory,
                pass_fds=(listener.fileno(),),
            )

    @classmethod
    def of(
        cls,
        configuration: Configuration,
        variables: Mapping[str, str],
        *,
        application: str = "",
        wrapper: Sequence[str] = (),
        extra: Sequence[str] = (),
    ) -> Self:
        """Start the project as in production; ``application`` puts another one in its place."""
        if not (application or configuration.wsgi):
            raise CannotRun(
                "pyproject.toml: [tool.verification] names no wsgi application; "
                'add wsgi = "package.wsgi:application", without it no production server can be started'
            )
        config = configuration.gunicorn_config
        return cls(
            application or configuration.wsgi,
            variables,
            directory=configuration.root,
            gunicorn_config=configuration.path(config) if config else None,
            wrapper=wrapper,
            extra=extra,
        )

    def probe(self, path: str, *, timeout: float = 1.0) -> Probe:
        """Return a probe of one path, with the kubelet's patience unless told otherwise."""
        return Probe(LOOPBACK, self.port, path, timeout=timeout)

    def statuses(self, path: str, requests: int, *, timeout: float = 5.0) -> list[int | None]:
        """Probe a path so many times, one after the other; ``None`` for an answer that did not come."""
        probe = self.probe(path, timeout=timeout)
        statuses: list[int | None] = []
        for _ in range(requests):
            try:
                statuses.append(probe.send().status)
            except (OSError, HTTPException):
                statuses.append(None)
        return statuses

    def wait(self, path: str) -> Self:
        """Wait until it answers ``path``, whatever the status: then a worker has imported the project.

        Raises ``CannotRun`` with the log's last error when it ends instead or takes too long.
        """

        def answers() -> bool:
            # The socket listens from the start: the kernel keeps the request until a worker takes it.
            with suppress(OSError, HTTPException):
                return bool(self.probe(path, timeout=0.5).send())
            return False

        return self._await(answers, f"no answer to {path}")

    def wait_for_log(self, text: str) -> Self:
        """Wait until its log holds a text; otherwise as ``wait``."""
        return self._await(lambda: text in self.log(), f"its log does not say {text!r}")

    def _await(self, condition: Callable[[], bool], missing: str) -> Self:
        def came() -> bool:
            if (status := self._process.status()) is not None:
                raise CannotRun(
                    f"gunicorn {self.application}: ended with status {status} while "
                    f"starting ({self._last_error()}); run it by hand to see the whole log"
                )
            return condition()

        if wait_for(came, seconds=START_SECONDS):
            return self
        raise CannotRun(
            f"gunicorn {self.application}: {missing} within {START_SECONDS:g} s "
            f"({self._last_error()}); run it by hand to see the whole log"
        )

    def workers(self) -> list[int]:
        """Return the process ids of its workers (Linux only)."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def terminate(self) -> None:
        """Ask it to stop, as Kubernetes does: SIGTERM to the master."""
        os.kill(self._process.pid, signal.SIGTERM)

    def wait_for_end(self, seconds: float) -> int | None:
        """Return its exit status; None if it still runs after so many seconds."""
        return self._process.wait(seconds)

    def log(self) -> str:
        """Return what it has written to its standard output and error so far."""
        return self._process.log()

    def status(self) -> int | None:
        """Return the exit status of its master, None while it runs."""
        return self._process.status()

    def last_line(self, otherwise: str) -> str:
        """Return the last line of its log."""
        return last_line(self.log(), otherwise)

    def _last_error(self) -> str:
        log = self.log()
        return str((_ERROR.findall(log) or [last_line(log, "its log is empty")])[-1])[:LINE_LENGTH]

    def close(self) -> None:
        """Kill it with all its children; may be called twice.

        Not gracefully: that takes gunicorn a second or more, and no client of ours waits for an answer.
        """
        self._process.close()

    def __enter__(self) -> Self:
        """Return the running server."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.close()
