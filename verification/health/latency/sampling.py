"""Latencies over a real socket: servers are requested in turn, and each sample is one request."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Final

from ...processes.run_queue import waited_ms
from ...project.http_probe import KUBELET, Probe

WARM_UP_REQUESTS: Final = 20
"""Requests to each server before the first sample."""


@contextmanager
def gc_frozen() -> Iterator[None]:
    """Exclude the existing objects of this process from garbage collection during a measurement.

    Objects made meanwhile are collected as usual. A collection of all of pytest's objects takes a tenth of
    a second and would be measured as latency.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Series(list[float]):
    """Milliseconds, one call each."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        """How many of these milliseconds threads waited for a processor."""


def sample_new_connection(probe: Probe) -> float:
    """Return the milliseconds of one request on a connection of its own, as a probe makes it."""
    answer = probe.send()
    if answer.status != HTTPStatus.OK:
        raise AssertionError(f"GET {probe.path}: {answer.status} while its latency was measured")
    return answer.milliseconds


class PersistentConnection:
    """One connection that is kept open between the samples."""

    def __init__(self, probe: Probe) -> None:
        self._path = probe.path
        self._headers = {**KUBELET, "Connection": "keep-alive"}
        self._connection = HTTPConnection(probe.host, probe.port, timeout=probe.timeout)

    def sample(self) -> float:
        """Return the milliseconds of one request.

        If the server closed the connection, reconnect first; connecting is not timed.
        """
        if self._connection.sock is None:
            self._connection.connect()
        started = time.perf_counter()
        self._connection.request("GET", self._path, headers=self._headers)
        response = self._connection.getresponse()
        response.read()
        milliseconds = (time.perf_counter() - started) * 1000
        if response.status != HTTPStatus.OK:
            raise AssertionError(f"GET {self._path}: {response.status} while its latency was measured")
        return milliseconds

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def interleave(
    probes: Mapping[str, Probe],
    *,
    rounds: int,
    persistent: bool = False,
    warm_up: int = WARM_UP_REQUESTS,
    processes: Sequence[int] = (),
) -> dict[str, Series]:
    """Sample each probe once per round, in turn, and return name -> milliseconds without the warm-up.

    ``processes``: of the servers, whose waits for a processor are counted.
    """
    connections = {name: PersistentConnection(probe) for name, probe in probes.items()} if persistent else {}
    calls: dict[str, Callable[[], float]] = {
        name: connections[name].sample if persistent else partial(sample_new_connection, probe)
        for name, probe in probes.items()
    }
    samples = {name: Series() for name in probes}
    try:
        for number in range(warm_up + rounds):
            for name, call in calls.items():
                before = waited_ms(processes)
                milliseconds = call()
                if number >= warm_up:
                    samples[name].append(milliseconds)
                    samples[name].waits.append(waited_ms(processes) - before)
    finally:
        for connection in connections.values():
            connection.close()
    return samples
