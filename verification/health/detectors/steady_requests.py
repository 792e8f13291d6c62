"""A client that asks one server once a second, with another request each time, for as long as it is wanted."""

import threading
import time
from contextlib import suppress
from http.client import HTTPException
from typing import Final, Self

from ...project.http_probe import Probe
from ..requests import REPRESENTATIVE

PERIOD_SECONDS: Final = 1.0
_END_SECONDS: Final = 10.0


class SteadyRequests:
    """The thread that asks; ``with`` ends it. It begins to count with the first answer."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._end = threading.Event()
        self._first = 0.0
        self._statuses: list[int | None] = []
        self._thread = threading.Thread(target=self._ask, daemon=True, name="steady-requests")
        self._thread.start()

    def _ask(self) -> None:
        number = 0
        while not self._end.wait(PERIOD_SECONDS):
            request = REPRESENTATIVE[number % len(REPRESENTATIVE)]
            status = None
            with suppress(OSError, HTTPException):
                status = self._probe.send(request.method, query=request.query, headers=request.headers).status
            if status is None and not number:
                continue  # it is still starting
            self._first = self._first or time.monotonic()
            self._statuses.append(status)
            number += 1

    def stop(self) -> tuple[list[int | None], float]:
        """End the thread; return the status of each answer (``None``: it did not come) and the seconds of asking."""
        self._end.set()
        self._thread.join(_END_SECONDS)
        return list(self._statuses), time.monotonic() - self._first if self._first else 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
