"""A running server under load, what loads it, and the process of the client."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final, Self

from ...errors import CannotRun
from ...postgres.server import Database
from ...processes.output import last_line
from ...processes.port import LOOPBACK
from ...project.configuration import Configuration
from ...project.environment import HARNESS, environment, moved
from ...project.http_servers import Application, server_of
from ...project.web_server import WebServer
from . import control
from .client import Exchange
from .late_host import LateHost
from .options import Load, request
from .relay import Relay

HELD_SECONDS: Final = 2.0
"""How long the outgoing host holds a connection: twice as long as a probe waits."""
PREPARE_SECONDS: Final = 60
START_SECONDS: Final = 0.4
"""How long the process of the client may take to start before its first request is due."""
PROBES_ALONE: Final = 9
ONE_WORKER: Final = ("--workers", "1")
CONTROL_THREADS: Final = 2
THREADS_ELSEWHERE: Final = 8
"""Threads that are assumed of a server with an event loop, or with threads that start when they are needed."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Requests at a fixed rate."""

    name: str
    requests: Sequence[bytes]
    """Sent in turn."""
    count: int
    at: float = 0.0
    """Seconds after the begin of the run."""
    rate: float = 0.0
    """Requests a second; 0: all at once."""
    timeout: float = 1.0
    """Seconds from the intended time; a kubelet waits one."""


class Client:
    """The process that sends what the streams say; its run begins shortly after its start."""

    def __init__(self, port: int, streams: Sequence[Stream]) -> None:
        self.begin = time.monotonic() + START_SECONDS
        self._seconds = max(
            each.at + each.timeout + (each.count / each.rate if each.rate else 0) for each in streams
        )
        plan = {
            "port": port,
            "begin": self.begin,
            "streams": [
                {**asdict(each), "requests": [data.decode("latin-1") for data in each.requests]}
                for each in streams
            ],
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=HARNESS,
            text=True,
        )
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        self._process.stdin.write(json.dumps(plan))
        self._process.stdin.close()
        self._process.stdin = None

    def wait_until(self, seconds: float) -> None:
        """Wait until so many seconds of the run have passed."""
        time.sleep(max(0.0, self.begin + seconds - time.monotonic()))

    def exchanges(self) -> list[Exchange]:
        """Wait for the end of the run; return its exchanges."""
        output, _ = self._process.communicate(timeout=self._seconds + 30)
        return [Exchange(*each) for each in json.loads(output)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A running server with one worker, and what loads it."""

    web: WebServer
    threads: int
    health_path: str
    ready_path: str
    load: Load
    late: LateHost
    relay: Relay | None = None
    most_probes: int = 10_000
    """Of the long run."""
    most_rate: float = math.inf
    """Requests a second of one stream that leave a server which does nothing else half of its time; at least 1."""

    @property
    def size(self) -> int:
        """How many requests load it: three times its threads."""
        return 3 * self.threads

    def run(self, *streams: Stream) -> Client:
        """Start a client."""
        return Client(self.web.port, streams)

    def probes(self, seconds: float, rate: float) -> Stream:
        """Return health check requests at a fixed rate, as a kubelet sends them."""
        rate = min(rate, self.most_rate)
        return Stream(
            name="probe", requests=[request("GET", self.health_path)], count=int(seconds * rate), rate=rate
        )


ORDINARY: Final = request("GET", "/verification-no-such-page")
"""Any other request: even a page that does not exist needs a thread and the project's middleware."""


@contextmanager
def project_subject(configuration: Configuration, load: Load, database: Database) -> Iterator[Subject]:
    """Run the project with a late host, a relay before its database and one worker."""
    with ExitStack() as stack:
        late = stack.enter_context(LateHost(HELD_SECONDS))
        relay = stack.enter_context(Relay(database.server.host, database.server.port))
        variables = late.variables(environment(configuration, database))
        through = moved(configuration, variables, LOOPBACK, relay.port)
        web = stack.enter_context(WebServer.of(configuration, through, extra=ONE_WORKER))
        subject = Subject(
            web=web,
            threads=_threads(configuration, variables),
            health_path=configuration.health_path,
            ready_path=load.ready_path,
            load=load,
            late=late,
            relay=relay,
        )
        if load.prepare:
            # A measurement that is repeated sends the same requests: the late host has answered none of them.
            _prepare(configuration, variables, load.prepare, 4 * subject.size + 8)
        web.wait(configuration.health_path)
        late.seconds = 0.0
        with subject.run(  # what is imported with the first request is no part of the load
            Stream(name="first", requests=[load.request(4 * subject.size + 1), ORDINARY], count=2, timeout=30)
        ) as client:
            client.exchanges()
        late.seconds = HELD_SECONDS
        yield replace(subject, most_rate=max(1.0, 0.5 / _seconds_of_a_probe(subject)))


def _seconds_of_a_probe(subject: Subject) -> float:
    """Return how long the server takes for one request beside nothing: the median of some."""
    took = []
    for _ in range(PROBES_ALONE):
        begun = time.monotonic()
        subject.web.statuses(subject.health_path, 1, timeout=5)
        took.append(time.monotonic() - begun)
    return median(took)


@contextmanager
def control_subject(variables: Mapping[str, str]) -> Iterator[Subject]:
    """Run the control on gunicorn's own threaded worker, with a late host."""
    with (
        LateHost(HELD_SECONDS) as late,
        WebServer(
            Application(name=f"{control.__name__}:application", extra=control.OPTIONS),
            {**variables, control.PORT_VARIABLE: str(late.port)},
            directory=Path(HARNESS),
        ) as web,
    ):
        yield Subject(
            web=web.wait(control.HEALTH),
            threads=CONTROL_THREADS,
            health_path=control.HEALTH,
            ready_path=control.READY,
            load=Load(path=control.HELD, method="POST"),
            late=late,
            most_probes=200,  # each leaks much, so that few show it
        )


def _threads(configuration: Configuration, variables: Mapping[str, str]) -> int:
    """Return the threads of one worker, as gunicorn reads them; others have as many as requests ask for."""
    if server_of(configuration) != "gunicorn" or configuration.asgi:
        return THREADS_ELSEWHERE
    config = configuration.gunicorn_config
    options = ["--config", str(configuration.path(config))] if config else []
    command = ["-m", f"{__package__}.capacity", *options, configuration.wsgi]
    return int(json.loads(_output(configuration, variables, command, "gunicorn's configuration"))["threads"])


def _prepare(configuration: Configuration, variables: Mapping[str, str], function: str, count: int) -> None:
    command = ["-m", f"{__package__}.prepare", function, str(count)]
    _output(configuration, variables, command, f"[tool.verification.load] prepare = {function!r}")


def _output(
    configuration: Configuration, variables: Mapping[str, str], command: Sequence[str], what: str
) -> str:
    """Run Python in the project's environment; return the last line of its output. Raises ``CannotRun``."""
    done = subprocess.run(
        [sys.executable, *command],
        env=dict(variables),
        cwd=configuration.root,
        capture_output=True,
        text=True,
        timeout=PREPARE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise CannotRun(
            f"{what}: {last_line(done.stderr, 'no message')}", "run it by hand to see the whole log"
        )
    return last_line(done.stdout, "")
