"""A production web server process with the project's own configuration, on a free port."""

import os
import re
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Final, Self

from ..errors import CannotRun
from ..processes.managed import ManagedProcess, dying_with_parent
from ..processes.output import last_line
from ..processes.port import LOOPBACK
from ..processes.wait import wait_for
from .configuration import Configuration
from .http_probe import Probe
from .http_servers import Application, Listener, command_of, server_of

START_SECONDS: Final = 30.0
"""How long a project may take to import before it counts as not starting."""
LINE_LENGTH: Final = 300
_ERROR: Final = re.compile(r"\b(?:[\w.]*Error|[\w.]*Exception|ImproperlyConfigured): [^\n\"\\]+")
"""An error's own words, at the end of a traceback, be it text or a line of JSON."""


class WebServer:
    """One server with its workers; ``with WebServer(...) as web:`` stops it, however the block ends.

    ``wrapper`` is a command that runs the server, such as strace with its options.
    """

    def __init__(
        self,
        application: Application,
        variables: Mapping[str, str],
        *,
        directory: Path,
        wrapper: Sequence[str] = (),
    ) -> None:
        self.application = application
        server, self._address, files = command_of(application)
        self.port = self._address.number
        command = [*dying_with_parent(signal.SIGTERM), *server]
        if wrapper:
            # strace blocks SIGTERM, hence SIGKILL; the server, its child, is then ended by its own die_with_parent.
            command = [*dying_with_parent(signal.SIGKILL), *wrapper, *command]
        try:
            self._process = ManagedProcess(
                command, environment=variables, directory=directory, pass_fds=files
            )
        except BaseException:
            self._address.release()
            raise
        if files:
            self._address.release()

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
        """Start the project as in production; ``application`` puts another one in its place.

        That is a module of ours with ``application`` for WSGI and ``asgi_application`` for ASGI.
        """
        name = application or configuration.application
        if not name:
            raise CannotRun(
                "pyproject.toml: [tool.verification] names no wsgi and no asgi application; "
                'add wsgi = "package.wsgi:application", without it no production server can be started'
            )
        if application and configuration.asgi:
            name = application.replace(":application", ":asgi_application")
        config = configuration.gunicorn_config
        served = Application(
            name=name,
            server=server_of(configuration),
            asgi=bool(configuration.asgi),
            gunicorn_config=configuration.path(config) if config else None,
            extra=extra,
        )
        return cls(served, variables, directory=configuration.root, wrapper=wrapper)

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
        """Wait until its log holds a text and its port is open; otherwise as ``wait``."""
        return self._await(lambda: text in self.log() and self._listens(), f"its log does not say {text!r}")

    def _listens(self) -> bool:
        if isinstance(self._address, Listener):
            return True  # since it was bound here
        with suppress(OSError):
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
            return True
        return False

    def _await(self, condition: Callable[[], bool], missing: str) -> Self:
        def came() -> bool:
            if (status := self._process.status()) is not None:
                raise CannotRun(
                    f"{self}: ended with status {status} while "
                    f"starting ({self._last_error()}); run it by hand to see the whole log"
                )
            return condition()

        if wait_for(came, seconds=START_SECONDS):
            return self
        raise CannotRun(
            f"{self}: {missing} within {START_SECONDS:g} s "
            f"({self._last_error()}); run it by hand to see the whole log"
        )

    def workers(self) -> list[int]:
        """Return the process ids of its workers (Linux only); a server without any serves by itself."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in children.read_text().split()] or [self._process.pid]

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

        Not gracefully: that takes a server a second or more, and no client of ours waits for an answer.
        """
        self._process.close()
        self._address.release()

    def __str__(self) -> str:
        return f"{self.application.server} {self.application.name}"

    def __enter__(self) -> Self:
        """Return the running server."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.close()
