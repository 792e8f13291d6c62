"""A TCP port of this machine whose connections are handed to a function."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from .port import LOOPBACK

BACKLOG: Final = 1024
_END_SECONDS: Final = 5.0


class Listener:
    """Accepts connections in a thread and hands them over in their order; ``close`` ends it.

    ``take`` owns the connection. The next one is accepted when it returns.
    """

    def __init__(self, name: str, take: Callable[[socket.socket], None]) -> None:
        """``name``: that of the thread."""
        self._take = take
        self._listener = socket.create_server((LOOPBACK, 0), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True, name=name)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._take(connection)

    def close(self) -> None:
        """Accept no more connections; those that were handed over stay."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the accept of the thread
        self._listener.close()
        self._thread.join(_END_SECONDS)
