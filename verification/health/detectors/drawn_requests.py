"""Requests that Hypothesis draws, in a process of the project under ``everything``, with the clock moved."""

import os
import tempfile
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..requests import REPRESENTATIVE, Request, requests
from .in_process_detectors import DRAWN, everything
from .moved_clock import moved_clock

STEPS: Final = (0, 1, 31, 61, 301, 3_601, 86_401)
"""Seconds by which the clock is moved before a request: just more than what caches and timers usually last."""
LATE_SECONDS: Final = 1.0
"""How long to wait for the threads that a request has started."""


class UnexpectedError(AssertionError):
    """A request that did something else than answer 200."""


class _Observed:
    """All requests of one subject, and what was wrong with them."""

    def __init__(self, call: Callable[[Request], int], take: Callable[[], list[str]]) -> None:
        self._call, self._take = call, take
        self.requests = 0
        self.unexpected: list[str] = []
        self.wrong: dict[str, Request] = {}
        """Status or exception -> the last request that got it."""

    def ask(self, request: Request) -> None:
        """Make one request. Raises ``UnexpectedError`` if it did anything but answer 200."""
        self.requests += 1
        before = set(threading.enumerate())
        self._take()  # what Hypothesis itself has done since the last request
        try:
            status = str(self._call(request))
        except Exception as error:  # noqa: BLE001 - what a view raises is part of the observation
            status = f"{type(error).__name__}: {error}"
        for thread in set(threading.enumerate()) - before:
            thread.join(LATE_SECONDS)
        if seen := self._take():
            self.unexpected.append(f"{seen[0]} (for {request})")
            raise UnexpectedError(self.unexpected[-1])
        if status != str(HTTPStatus.OK.value):
            self.wrong[status] = request
            raise UnexpectedError(status)


def observe_drawn(subject: str, call: Callable[[Request], int], examples: int) -> dict[str, Any]:
    """Make the representative requests and so many drawn ones; report the simplest that is answered otherwise."""
    # Hypothesis keeps what it learns of the code in a folder, otherwise in the project's own.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", tempfile.gettempdir())
    with everything() as take, moved_clock() as clock:
        observed = _Observed(call, take)

        @settings(
            max_examples=max(1, examples),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(requests(), st.sampled_from(STEPS))
        def ask(request: Request, seconds: int) -> None:
            clock.move(seconds)
            observed.ask(request)

        try:
            for request in REPRESENTATIVE:
                clock.move(STEPS[observed.requests % len(STEPS)])
                observed.ask(request)
            if examples:
                ask()
        except BaseException:
            # Hypothesis raises errors of its own for what does not repeat; each was recorded when it came.
            if not (observed.unexpected or observed.wrong):
                raise
    statuses = [HTTPStatus.OK.value] * observed.requests
    wrong = [f"{status} for {request}" for status, request in observed.wrong.items()]
    return {
        "observations": [
            {
                "detector": DRAWN.name,
                "subject": subject,
                "seen": observed.unexpected[-1:],
                "statuses": [*statuses[len(wrong) :], *wrong],
            }
        ]
    }
