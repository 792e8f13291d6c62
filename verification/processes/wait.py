"""Waiting for a condition, with an end."""

import time
from collections.abc import Callable
from typing import Final

READING: Final = "reading"
"""Name of a thread that nobody waits for any more once the other of two readings has failed."""


def wait_for(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Ask until the condition holds, at most so many seconds; tell whether it held in the end."""
    deadline = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return held
