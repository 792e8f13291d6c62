"""Waiting for a condition, with an end."""

import time
from collections.abc import Callable
from typing import Final

READER_THREAD: Final = "reading"
"""Name of the reader threads. One may still be running when the command exits."""


def wait_for(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Ask until the condition holds, at most so many seconds; tell whether it held in the end."""
    deadline = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return held
