"""The outgoing host that answers late: every host in the project's settings, by ``held_settings``.

It accepts each connection, holds it for a while and closes it. So it is slow for any protocol, TLS included.
"""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Self

from verification.health.detectors.host_sink import BASE_SETTINGS, SINK_PORT
from verification.processes.port import LOOPBACK

HELD_SETTINGS: Final = "verification.health.load.held_settings"
BACKLOG: Final = 1024


class LateHost:
    """The listener; use it in a ``with`` block."""

    def __init__(self, seconds: float) -> None:
        """``seconds``: how long each connection is held."""
        self.seconds = seconds
        self._listener = socket.create_server((LOOPBACK, 0), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self.held: list[tuple[float, float]] = []
        """Monotonic times of each connection: accepted, and closed by this host."""
        self._thread = threading.Thread(target=self._serve, daemon=True, name="late-host")
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
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
        return {
            **base,
            BASE_SETTINGS: base.get("DJANGO_SETTINGS_MODULE", ""),
            SINK_PORT: str(self.port),
            "DJANGO_SETTINGS_MODULE": HELD_SETTINGS,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the accept of the thread
        self._listener.close()
        self._thread.join(5)
