"""All measurements of one run, made in threads beside other checks: they wait more than they compute."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final, Self

from ...postgres.server import Server
from ...processes.run_queue import waited_ms
from ...project.configuration import Configuration
from ...project.environment import clean_environment
from . import long_run, saturation, stopping
from .findings import Observation
from .options import Load
from .subject import Subject, control_subject, project_subject

MEASUREMENTS: Final[Mapping[str, Callable[[Subject], Observation]]] = {
    "long_run": long_run.long_run,
    "saturated": saturation.saturated,
    "slow_clients": saturation.slow_clients,
    "draining": stopping.draining,
}
"""In the order in which they are made; the last one ends the server."""
SECONDS: Final = 150.0
"""How long to wait for all of them."""


class LoadRun:
    """Measures the project and the control side by side; use it in a ``with`` block, and start it when it suits."""

    def __init__(self, configuration: Configuration, load: Load, server: Server) -> None:
        self._configuration, self._load, self._server = configuration, load, server
        self._stack = ExitStack()
        self._futures: tuple[Future[dict[str, Observation]], ...] = ()

    def start(self) -> None:
        """Begin to measure, once."""
        if not self._futures:
            pool = self._stack.enter_context(ThreadPoolExecutor(2))
            self._futures = pool.submit(self._project), pool.submit(self._control)

    def of_project(self, measurement: str) -> Observation:
        """Wait for what a measurement found. Raises ``CannotRun``."""
        self.start()
        return self._futures[0].result(SECONDS)[measurement]

    def of_control(self) -> dict[str, Observation]:
        """Wait for what the measurements found wrong with the control. Raises ``CannotRun``."""
        self.start()
        return self._futures[1].result(SECONDS)

    def _project(self) -> dict[str, Observation]:
        with (
            self._server.database() as database,
            project_subject(self._configuration, self._load, database) as subject,
        ):
            return {name: _measured(subject, name) for name in MEASUREMENTS}

    def _control(self) -> dict[str, Observation]:
        with control_subject(clean_environment(self._configuration)) as subject:
            observations = {}
            for name, measure in MEASUREMENTS.items():
                saturation.settle(subject)
                observations[name] = measure(subject)
            return observations

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _observed(subject: Subject, name: str) -> Observation:
    """Measure once; tell for which share of the time threads of the server waited for a processor."""
    saturation.settle(subject)
    workers, begun = subject.web.workers(), time.monotonic()
    before = waited_ms(workers)
    observation = MEASUREMENTS[name](subject)
    # A server that has ended takes its count with it.
    observation.server_waited = max(0.0, waited_ms(workers) - before) / 1000 / (time.monotonic() - begun)
    return observation


def _measured(subject: Subject, name: str) -> Observation:
    """Measure, again if something was found: a server that starves does so again, a delay does not."""
    observation = _observed(subject, name)
    if not observation.findings or name == "draining":
        return observation
    first = observation.findings[0]
    for _ in range(1 if observation.hard else 2):
        observation = _observed(subject, name)
        if not observation.findings:
            break
    observation.notes.append(f"Measured again, since the first time: {first}")
    return observation
