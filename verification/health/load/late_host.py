"""The outgoing host that answers late: every host in the project's settings, by ``held_settings``.

It accepts each connection, holds it for a while and closes it. So it is slow for any protocol, TLS included.
"""

import socket
import threading
import time
from collections.abc import Mapping
from typing import Final, Self

from ...processes.listener import Listener
from ..detectors.host_sink import variables_with

HELD_SETTINGS: Final = f"{__package__}.held_settings"


class LateHost:
    """The listener; use it in a ``with`` block."""

    def __init__(self, seconds: float) -> None:
        """``seconds``: how long each connection is held."""
        self.seconds = seconds
        self.held: list[tuple[float, float]] = []
        """Monotonic times of each connection: accepted, and closed by this host."""
        self._listener = Listener("late-host", self._hold)
        self.port: int = self._listener.port

    def _hold(self, client: socket.socket) -> None:
        begun = time.monotonic()
        self.held.append((begun, begun + self.seconds))
        timer = threading.Timer(self.seconds, client.close)
        timer.daemon = True
        timer.start()

    def held_between(self, begin: float, end: float) -> int:
        """Return how many connections it held within a time."""
        return sum(first < end and last > begin for first, last in list(self.held))

    def variables(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process of the project whose settings name this host only."""
        return variables_with(HELD_SETTINGS, base, self.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
