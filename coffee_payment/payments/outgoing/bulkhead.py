"""How many requests of a process may wait for other services at once.

A thread that waits for a slow provider serves nobody else. The limit leaves threads free for pages, admin and
webhooks; a request beyond it is refused at once, before anything has changed.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final, Literal

from django.conf import settings

RETRY_AFTER_SECONDS: Final = 5
"""What a refused client is told: about the time that a slow call takes."""

Share = Literal["payments", "scans", "webhooks", "sign-ins", "joined"]
"""A slow bank must not stop the scans, which ask TMetr, nor the webhooks, which bring the money's news."""


class Busy(Exception):  # noqa: N818 - an answer to the client, not a fault
    """No call is free in this share."""


def limit(share: Share) -> int:
    """Return how many requests of a share may call at once, in one process.

    Of 8 threads 3 start payments, 2 serve scans and 2 webhooks; 1 stays free. A sign-in needs no provider but a
    processor. A notification that has joined another's question waits for a second at most.
    """
    if share == "sign-ins":
        return 1
    payments = int(settings.PROVIDER_CALLS_LIMIT) or max(1, 3 * int(settings.GUNICORN_THREADS) // 8)
    return payments if share == "payments" else max(1, 2 * payments // 3)


@contextmanager
def slot(share: Share) -> Iterator[None]:
    """Hold one of a share's calls while the body runs. Raises `Busy` at once if none is free."""
    semaphore = _semaphore(share, limit(share))
    if not semaphore.acquire(blocking=False):
        raise Busy(share)
    try:
        yield
    finally:
        semaphore.release()


@cache
def _semaphore(_share: Share, calls: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(calls)
