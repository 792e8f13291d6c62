"""One project and its detectors: starts its processes together, then observes them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from typing import Final, Self

from ...errors import CannotRun
from ...postgres.server import Database, Server
from ...processes.port import LOOPBACK, Port
from ...project import wsgi_ready
from ...project.configuration import Configuration
from ...project.environment import environment, moved
from ...project.web_server import WebServer
from ..requests import Request
from . import host_sink, in_process_detectors, postgres_log, strace
from .detector import Detector
from .observations import Observation, observe_in_process
from .steady_requests import SteadyRequests
from .violations import Violation

WITHOUT_DATABASE: Final = Detector(
    "database stopped",
    frozenset({Violation.QUERY, Violation.SECOND_ALIAS, Violation.BARE_CONNECT, Violation.RAW_DRIVER}),
    "errors that are swallowed or stay in a thread",
)
ALL: Final = (
    *in_process_detectors.DETECTORS,
    in_process_detectors.DRAWN,
    postgres_log.DETECTOR,
    host_sink.DETECTOR,
    WITHOUT_DATABASE,
    strace.DETECTOR,
)
"""Every detector, in the order of the reports."""
ANNOUNCED_APPLICATION: Final = f"{wsgi_ready.__name__}:application"
ONE_WORKER: Final = ("--workers", "1")
"""One worker is enough for one client, and its first request is the first of the server."""
ANSWER_SECONDS: Final = 5.0


class HealthSession:
    """The processes of one project on one database; the end of the ``with`` block stops them.

    ``paths``: subject -> path to request. Each ``observe_`` method makes the requests to every path and returns an
    observation for each detector and subject.
    """

    def __init__(
        self, configuration: Configuration, database: Database, paths: Mapping[str, str], *, view: str = ""
    ) -> None:
        self.configuration = configuration
        self.database = database
        self.paths = dict(paths)
        self.variables = environment(configuration, database)
        self.strace_unavailable = strace.unavailable()
        """Why strace cannot be used on this machine; None if it can."""
        self.answer_word = secrets.token_hex(8)
        """With it the strict site answers 200 to any path, see ``wsgi_ready``."""
        self._view = view
        self._waited = False
        self._failure: CannotRun | None = None
        self._stack = ExitStack()
        self._steady: SteadyRequests | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:  # stops what has started if a later process does not start
            self._web = stack.enter_context(
                WebServer.of(self.configuration, self.variables, extra=ONE_WORKER)
            )
            self._sink = stack.enter_context(host_sink.HostSink())
            self._tracer = stack.enter_context(strace.Tracer())
            self._strict_site = stack.enter_context(
                WebServer.of(
                    self.configuration,
                    {
                        **self._sink.variables(self.variables),
                        **self._strict(),
                        wsgi_ready.APPLICATION: self.configuration.application,
                        wsgi_ready.ANSWER: self.answer_word,
                    },
                    application=ANNOUNCED_APPLICATION,
                    wrapper=() if self.strace_unavailable else self._tracer.wrapper,
                    extra=ONE_WORKER,
                )
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _strict(self) -> dict[str, str]:
        return {host_sink.ANY_SITE: "yes"} if "health-any-site" in self.configuration.policies else {}

    @property
    def web(self) -> WebServer:
        """The server as configured; see ``wait``."""
        self.wait()
        return self._web

    @property
    def strict_site(self) -> WebServer:
        """The server with the settings ``host_sink.STRICT_SITE``; see ``wait``."""
        self.wait()
        return self._strict_site

    def wait(self) -> None:
        """Wait until both servers have imported the project: nothing is measured while one of them starts.

        Raises ``CannotRun`` if one does not start, the same one each time.
        """
        if not self._waited:
            self._waited = True
            try:
                self._wait()
            except CannotRun as error:
                self._failure = error
        if self._failure:
            raise self._failure

    def _wait(self) -> None:
        self._strict_site.wait_for_log(wsgi_ready.LOADED)
        if host_sink.LOADED not in self._strict_site.log():
            raise CannotRun(
                f"{self.configuration.application}: replaces DJANGO_SETTINGS_MODULE of the environment",
                "use os.environ.setdefault, as Django's own template does",
            )
        self._web.wait(self.configuration.health_path)

    def log(self) -> str:
        """Return what the server as configured has logged so far."""
        return self._web.log()

    def observe_in_process(self, requests: Sequence[Request], *, examples: int = 0) -> list[Observation]:
        """Observe with the in-process detectors; the servers of the session may still be starting."""
        return observe_in_process(
            self.configuration,
            self.variables,
            paths=self.paths,
            requests=requests,
            examples=examples,
            view=self._view,
        )

    def observe_postgres_log(self, requests: Sequence[Request]) -> list[Observation]:
        """Observe with the log of the PostgreSQL server."""
        web, statuses = self.web, {}
        with postgres_log.StatementLog(self.database) as log:
            for subject, path in self.paths.items():
                log.mark(subject)
                statuses[subject] = ask(web, path, requests)
            observed = log.observed()
        return [
            Observation.of(postgres_log.DETECTOR.name, subject, observed[subject], statuses[subject])
            for subject in self.paths
        ]

    def observe_strict_site(self, requests: Sequence[Request]) -> list[Observation]:
        """Observe with the host sink, and with strace where it is available; both see the same requests."""
        web = self.strict_site
        self._sink.take()  # connections made while the project was loaded
        statuses, observations = {}, []
        for subject, path in self.paths.items():
            statuses[subject] = ask(web, path, requests)
            seen = self._sink.take()
            observations.append(Observation.of(host_sink.DETECTOR.name, subject, seen, statuses[subject]))
        if self.strace_unavailable is None:
            observations += self._tracer.observed(web, self.paths, statuses)
        return observations

    def ask_steadily(self) -> None:
        """Ask the strict site for the first path once a second from now on, until ``observe_steadily_asked``."""
        path = next(iter(self.paths.values()))
        self._steady = self._stack.enter_context(
            SteadyRequests(self._strict_site.probe(path, timeout=ANSWER_SECONDS))
        )

    def observe_steadily_asked(self) -> tuple[list[Observation], float]:
        """Return what was seen of the server that was asked once a second, and for how many seconds it was.

        strace has seen it since its start, the host sink since it was last read.
        """
        web = self.strict_site
        if self._steady is None:
            raise RuntimeError("nobody has asked steadily")
        statuses, seconds = self._steady.stop()
        subject, path = next(iter(self.paths.items()))
        observations = [Observation.of(host_sink.DETECTOR.name, subject, self._sink.take(), statuses)]
        if self.strace_unavailable is None:
            observations += self._tracer.observed(web, {subject: path}, {subject: statuses})
        return observations, seconds

    def observe_without_database(self, requests: Sequence[Request]) -> list[Observation]:
        """Observe the answers without a database; call it within ``outage``, after ``wait``."""
        if self.database.server.can_stop:
            return self._observe_answers(self.web, requests)
        closed = Port()
        variables = moved(self.configuration, self.variables, LOOPBACK, closed.number)
        try:
            with WebServer.of(self.configuration, variables, extra=ONE_WORKER) as web:
                return self._observe_answers(web.wait(self.configuration.health_path), requests)
        finally:
            closed.release()

    def _observe_answers(self, web: WebServer, requests: Sequence[Request]) -> list[Observation]:
        return [
            Observation.of(WITHOUT_DATABASE.name, subject, (), ask(web, path, requests))
            for subject, path in self.paths.items()
        ]


def ask(web: WebServer, path: str, requests: Sequence[Request]) -> list[int | None]:
    """Make the requests one after the other; ``None`` for an answer that did not come."""
    probe = web.probe(path, timeout=ANSWER_SECONDS)
    statuses: list[int | None] = []
    for request in requests:
        status = None
        with suppress(OSError, HTTPException):
            status = probe.send(request.method, query=request.query, headers=request.headers).status
        statuses.append(status)
    return statuses


@contextmanager
def outage(server: Server) -> Iterator[None]:
    """Stop the server for the ``with`` block; nothing is done to one that the harness may not stop."""
    if not server.can_stop:
        yield
        return
    server.stop()
    try:
        yield
    finally:
        server.start()
