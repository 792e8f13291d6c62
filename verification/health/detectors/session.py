"""One project before all witnesses: its processes are started together, then each witness is heard."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final, Self

from verification.errors import CannotRun
from verification.health.detectors import detectors, host_sink, strace
from verification.health.detectors.observations import Testimony, hear_inside
from verification.health.detectors.postgres_log import ServerWatch
from verification.postgres.server import Database, Server
from verification.processes.port import Port
from verification.project import wsgi_ready
from verification.project.configuration import Configuration
from verification.project.web_server import LOOPBACK, WebServer, environment

EXISTING: Final = "existing"
"""Provider of a server that is not ours to stop."""
WATCHED_APPLICATION: Final = "verification.project.wsgi_ready:application"
ONE_WORKER: Final = ("--workers", "1")
"""One worker, so that its first request is the first of all and nothing else goes on in the trace."""


class Hearing:
    """The processes of one project on one database; ``with Hearing(...)`` stops them all.

    ``subjects``: name -> path of what is to be heard about. Each method hears one witness and gives
    a testimony per subject.
    """

    def __init__(
        self, configuration: Configuration, database: Database, subjects: Mapping[str, str], *, view: str = ""
    ) -> None:
        self.configuration = configuration
        self.database = database
        self.subjects = dict(subjects)
        self._view = view
        self._variables = environment(configuration, database)
        self._stack = ExitStack()
        self.no_trace = strace.unavailable()
        """Why the kernel cannot be heard here; None: it can."""

    def __enter__(self) -> Self:
        """Start all processes of the project."""
        with self._stack:  # what has been started is stopped if the next one cannot be
            enter = self._stack.enter_context
            self.web = enter(WebServer.of(self.configuration, self._variables))
            self._trap = enter(host_sink.Trap())
            self._trapped = self._watched(self._trap.variables(self._variables))
            if self.no_trace is None:
                self._tracer = enter(strace.Tracer())
                self._traced = self._watched(self._variables, *self._tracer.wrapper)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all that was started."""
        self._stack.close()

    def wait(self) -> Self:
        """Wait until all processes have imported the project: nothing is measured while they do."""
        self._trapped.wait_for_log(wsgi_ready.LOADED)
        if host_sink.IN_FORCE not in self._trapped.log():
            raise CannotRun(
                f"{self.configuration.wsgi}: sets DJANGO_SETTINGS_MODULE over the environment's; "
                "use os.environ.setdefault, as Django's own template does"
            )
        if self.no_trace is None:
            self._traced.wait_for_log(wsgi_ready.LOADED)
        self.web.wait(self.configuration.health_path)
        return self

    def _watched(self, variables: Mapping[str, str], *wrapper: str) -> WebServer:
        announcing = {**variables, wsgi_ready.APPLICATION: self.configuration.wsgi}
        return self._stack.enter_context(
            WebServer.of(
                self.configuration,
                announcing,
                application=WATCHED_APPLICATION,
                wrapper=wrapper,
                extra=ONE_WORKER,
            )
        )

    @property
    def harsh(self) -> WebServer:
        """The process under the settings of a strict production site (``host_sink.HARSH``)."""
        return self._trapped

    def inside(self, *, requests: int) -> list[Testimony]:
        """Hear the witnesses that stand in the process."""
        return hear_inside(
            self.configuration,
            self._variables,
            witnesses=[each.name for each in detectors.ALL if each.inside],
            paths=self.subjects,
            requests=requests,
            view=self._view,
        )

    def server(self, *, requests: int) -> list[Testimony]:
        """Hear the PostgreSQL server."""
        with ServerWatch(self.database) as watch:
            return detectors.hear_server(watch, self.web, self.subjects, requests=requests)

    def trap(self, *, requests: int) -> list[Testimony]:
        """Hear the trap into which all hosts of the settings lead."""
        return detectors.hear_trap(self._trap, self._trapped, self.subjects, requests=requests)

    def system_calls(self, *, requests: int) -> list[Testimony]:
        """Hear the kernel; nothing where ``no_trace`` says why."""
        if self.no_trace is not None:
            return []
        return self._tracer.testify(self._traced, self.subjects, requests=requests)

    def stopped(self, *, requests: int) -> list[Testimony]:
        """Hear what happens without a database, within ``outage``."""
        if self.database.server.provider != EXISTING:
            return detectors.hear_stopped(self.web, self.subjects, requests=requests)
        closed = Port()
        names = self.configuration.database_environment
        nowhere = {names["host"]: LOOPBACK, names["port"]: str(closed.number)}
        try:
            with WebServer.of(self.configuration, {**self._variables, **nowhere}) as web:
                web.wait(self.configuration.health_path)
                return detectors.hear_stopped(web, self.subjects, requests=requests)
        finally:
            closed.release()


@contextmanager
def outage(server: Server) -> Iterator[None]:
    """Keep the server stopped; one that somebody else keeps is left alone (see ``Hearing.stopped``)."""
    if server.provider == EXISTING:
        yield
        return
    server.stop()
    try:
        yield
    finally:
        server.start()
