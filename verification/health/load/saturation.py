"""Every thread waits: for an outgoing host that answers late, for a database that hangs, for slow clients."""

import math
import time
from collections.abc import Sequence
from typing import Final

from ...errors import CannotRun
from ...processes.wait import wait_for
from .client import Exchange
from .findings import Observation, judge_probes, timeline
from .options import request
from .subject import HELD_SECONDS, ORDINARY, Stream, Subject

RATE: Final = 100.0
"""Probes a second."""
ORDINARY_RATE: Final = 5.0
LOAD_AT: Final = 0.3
DATABASE_AT: Final = LOAD_AT + HELD_SECONDS + 0.5
"""Seconds of the run at which the database begins to hang."""
RELEASED_AT: Final = DATABASE_AT + 1.5
SLOW_SECONDS: Final = 2.0
SETTLE_SECONDS: Final = 30.0
UPLOAD_BYTES: Final = 200_000
"""More than a server collects before it hands a request to a thread, less than Django refuses."""


def saturated(subject: Subject) -> Observation:
    """Send three times as many requests as there are threads to a late host, then to a database that hangs."""
    first = [subject.load.request(number) for number in range(subject.size)]
    streams = [
        subject.probes(RELEASED_AT if subject.relay else DATABASE_AT, RATE),
        Stream(name="request", requests=first, count=subject.size, at=LOAD_AT, timeout=30),
        Stream(
            name="ordinary",
            requests=[ORDINARY],
            count=int(HELD_SECONDS * ORDINARY_RATE),
            at=LOAD_AT + 0.2,
            rate=ORDINARY_RATE,
            timeout=HELD_SECONDS / 2,
        ),
    ]
    if subject.relay:
        second = [subject.load.request(subject.size + number) for number in range(subject.size)]
        streams.append(
            Stream(name="request", requests=second, count=subject.size, at=DATABASE_AT + 0.1, timeout=30)
        )
    with subject.run(*streams) as client:
        if subject.relay:
            client.wait_until(DATABASE_AT)
            subject.relay.hold()
            client.wait_until(RELEASED_AT)
            subject.late.seconds = 0.0  # what the database held may end
            subject.relay.release()
        exchanges = client.exchanges()
    return _judged(subject, exchanges, client.begin)


def _judged(subject: Subject, exchanges: Sequence[Exchange], begin: float) -> Observation:
    observation = Observation(timeline=timeline(exchanges, begin, "request"))
    if not subject.late.held_between(begin, math.inf):
        statuses = sorted({each.status for each in exchanges if each.stream == "request"})
        raise CannotRun(
            f"the load of {subject.load.path} called no outgoing host of the settings (its answers: {statuses})",
            "fix [tool.verification.load]: the request must call one",
        )
    held = subject.late.held_between(begin, begin + DATABASE_AT)
    if not held:
        observation.find(f"no call reached the late host within {DATABASE_AT - LOAD_AT:g} s of the requests")
    probes = [each for each in exchanges if each.stream == "probe"]
    at_host = [each for each in probes if each.intended < begin + DATABASE_AT]
    judge_probes(observation, at_host, f"beside {subject.size} requests to a late host")
    ordinary = [each for each in exchanges if each.stream == "ordinary"]
    unanswered = [each for each in ordinary if not each.status]
    observation.notes.append(
        f"{subject.size} requests for {subject.threads} threads; {held} calls reached the late host"
    )
    if unanswered:
        observation.find(
            f"{len(unanswered)} of {len(ordinary)} other requests had no answer within {HELD_SECONDS / 2:g} s: "
            f"calls to a late host hold all {subject.threads} threads; bound how many run at once"
        )
    if subject.relay:
        at_database = [each for each in probes if each.intended >= begin + DATABASE_AT]
        judge_probes(observation, at_database, f"beside {subject.size} requests to a database that hangs")
        held_requests = [
            each
            for each in exchanges
            if each.stream == "request" and each.intended > begin + DATABASE_AT and each.seconds > 1
        ]
        if len(held_requests) < subject.threads:
            observation.notes.append("The database held fewer requests than there are threads.")
    return observation


def slow_clients(subject: Subject) -> Observation:
    """Let clients send half of a head, half of a body, a large body that stops, or nothing at all."""
    load = subject.load
    beginnings = [
        b"",
        b"GET / HT",
        request("GET", "/")[:-2],
        request("POST", load.path, b"{", length=100, content_type=load.content_type),
        request(
            "POST",
            load.path,
            b"{" + b" " * (UPLOAD_BYTES // 2),
            length=UPLOAD_BYTES,
            content_type=load.content_type,
        ),
    ]
    slow = Stream(
        name="slow client",
        requests=beginnings,
        count=len(beginnings) * subject.size,
        at=LOAD_AT,
        timeout=SLOW_SECONDS,
    )
    with subject.run(subject.probes(LOAD_AT + SLOW_SECONDS, RATE), slow) as client:
        exchanges = client.exchanges()
    observation = Observation(timeline=timeline(exchanges, client.begin, "slow client"))
    judge_probes(
        observation,
        [each for each in exchanges if each.stream == "probe"],
        f"beside {slow.count} slow clients",
    )
    return observation


def settle(subject: Subject) -> None:
    """Wait until ordinary requests are answered at once, as before the load; the late host does not hold them then."""
    subject.late.seconds = 0.0
    wait_for(lambda: _answers_at_once(subject), seconds=SETTLE_SECONDS)
    subject.late.seconds = HELD_SECONDS


def _answers_at_once(subject: Subject) -> bool:
    begun = time.monotonic()
    answered = subject.web.statuses("/verification-no-such-page", 1, timeout=5)[0]
    return bool(answered) and time.monotonic() - begun < 1
