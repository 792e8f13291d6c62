"""Latencies over a real socket: servers are requested in turn, and each sample is one request."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Final

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
) -> dict[str, list[float]]:
    """Sample each probe once per round, in turn, and return name -> milliseconds without the warm-up."""
    connections = {name: PersistentConnection(probe) for name, probe in probes.items()} if persistent else {}
    calls: dict[str, Callable[[], float]] = {
        name: connections[name].sample if persistent else partial(sample_new_connection, probe)
        for name, probe in probes.items()
    }
    samples: dict[str, list[float]] = {name: [] for name in probes}
    try:
        for number in range(warm_up + rounds):
            for name, call in calls.items():
                milliseconds = call()
                if number >= warm_up:
                    samples[name].append(milliseconds)
    finally:
        for connection in connections.values():
            connection.close()
    return samples
