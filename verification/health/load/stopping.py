"""SIGTERM beside constant load: the order of events, and whether any request was lost."""

import math
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from typing import Final

from ...processes.port import LOOPBACK
from ...report.evidence import Table
from .client import Exchange
from .findings import Observation, timeline
from .options import request
from .subject import ORDINARY, Stream, Subject

RATE: Final = 50.0
STOP_AT: Final = 0.5
"""Seconds of the run at which the server gets SIGTERM; its slow requests have begun by then."""
NOTICE_SECONDS: Final = 0.5
"""How soon readiness must turn."""
FROZEN_SECONDS: Final = 1.6
"""How long the worker is frozen: longer than a short time of drainage, so that clients wait in the backlog."""
WAITING: Final = 20
WITHOUT_READINESS: Final = (
    "Without a readiness probe ([tool.verification.load] ready_path) only requests that had begun before SIGTERM "
    "must be answered: take the server out of the load balancer before it is stopped."
)
BEGUN_SECONDS: Final = 0.1
"""A request sent so long before SIGTERM has left the backlog."""
END_SECONDS: Final = 30.0
BY_SIGTERM: Final = (-signal.SIGTERM, 128 + signal.SIGTERM)
"""How uvicorn ends after it has drained: it raises the signal again."""


def draining(subject: Subject) -> Observation:
    """Stop the server beside constant load; the server has ended afterwards."""
    web, events = subject.web, [("requests begin", 0.0)]
    rate = min(RATE, subject.most_rate)
    streams = (
        Stream(
            name="probe",
            requests=[request("GET", subject.health_path)],
            count=int(rate * 2),
            rate=rate / 2,
            timeout=10,
        ),
        Stream(name="ordinary", requests=[ORDINARY], count=int(rate * 4), rate=rate, timeout=10),
        Stream(
            name="request",
            requests=[subject.load.request(3 * subject.size)],
            count=1,
            at=STOP_AT - 0.3,
            timeout=30,
        ),
    )
    with subject.run(*streams) as client, ExitStack() as open_clients:
        client.wait_until(STOP_AT)
        told = time.monotonic()
        web.terminate()
        _note(events, "SIGTERM", client.begin)
        turned = _turned(subject)
        if turned:
            _note(events, "readiness refuses", client.begin)
        waiting = []
        with _frozen(web.workers()):
            for _ in range(WAITING):
                with suppress(OSError):
                    each = socket.create_connection((LOOPBACK, web.port), timeout=10)
                    open_clients.callback(each.close)
                    each.sendall(ORDINARY)
                    waiting.append(each)
            _note(events, f"{len(waiting)} clients connect to a frozen worker", client.begin)
            time.sleep(FROZEN_SECONDS)
        _note(events, "worker goes on", client.begin)
        answered = sum(_is_answered(each) for each in waiting)
        status = web.wait_for_end(END_SECONDS)
        _note(events, f"exit status {status}", client.begin)
        exchanges = client.exchanges()
    observation = Observation(timeline=timeline(exchanges, client.begin, "ordinary"))
    if subject.ready_path and not turned:
        observation.find(
            f"{subject.ready_path} did not refuse within {NOTICE_SECONDS:g} s of SIGTERM, while the port was open: "
            "a load balancer goes on sending"
        )
    if answered < len(waiting):
        lost = f"{len(waiting) - answered} of {len(waiting)} clients that waited in the backlog"
        line = f"{lost} were dropped at the stop"
        if subject.ready_path:
            observation.find(line)
        else:
            observation.notes.append(f"{line}. {WITHOUT_READINESS}")
    _judge(observation, exchanges, math.inf if subject.ready_path else told - BEGUN_SECONDS)
    if status and not (web.application.server == "uvicorn" and status in BY_SIGTERM):
        observation.find(f"the server ended with status {status} instead of 0")
    elif status is None:
        observation.find(f"the server still ran {END_SECONDS:g} s after SIGTERM")
    rows = [(name, round(seconds, 2)) for name, seconds in events]
    observation.tables.append(Table("Order of events", ("event", "second"), rows))
    return observation


def _judge(observation: Observation, exchanges: list[Exchange], owed_until: float) -> None:
    """A connection may be refused once the port is closed, and not answered again; anything else is a loss.

    Requests that begin after ``owed_until`` may be lost.
    """
    failed = [
        each
        for each in exchanges
        if not each.status and each.error != "ConnectionRefusedError" and each.intended < owed_until
    ]
    refused = [each.intended for each in exchanges if each.error == "ConnectionRefusedError"]
    late = [each for each in exchanges if each.status and refused and each.intended > min(refused) + 0.5]
    observation.measure("requests lost at the stop", len(failed), "requests", 0)
    if failed:
        observation.find(
            f"{len(failed)} of {len(exchanges)} requests were lost at the stop "
            f"(the first: {failed[0].stream}, {failed[0].error})"
        )
    if late:
        observation.find(f"{len(late)} requests were answered after the port was closed")


def _note(events: list[tuple[str, float]], name: str, begin: float) -> None:
    events.append((name, time.monotonic() - begin))


def _turned(subject: Subject) -> bool:
    """Return whether readiness turns while the port is open."""
    if not subject.ready_path:
        return False
    end = time.monotonic() + NOTICE_SECONDS
    probe = subject.web.probe(subject.ready_path, timeout=5)
    while time.monotonic() < end:
        try:
            if probe.send().status != 200:  # noqa: PLR2004 - OK
                return True
        except (OSError, HTTPException):
            return False
    return False


@contextmanager
def _frozen(workers: list[int]) -> Iterator[None]:
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGCONT)


def _is_answered(client: socket.socket) -> bool:
    with suppress(OSError):
        return client.recv(4096).startswith(b"HTTP/1.")
    return False
