"""A TCP port of this machine that nobody else gets while we hold it."""

import socket
import sys
from contextlib import suppress
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class Port:
    """A port on 127.0.0.1, reserved until ``release``, while its server is stopped too.

    The kernel picks a free port for a socket that never listens, so connections are refused. Once
    the socket allows the address to be reused, Linux lets a server that does the same, as PostgreSQL
    does, listen there (socket(7), SO_REUSEADDR), but gives the port to no other socket that asks for
    any. Other systems forbid that: there the port is only probed, and a clash shows when the server
    starts, which then tries another one.
    """

    def __init__(self) -> None:
        """Reserve a port: ``number``."""
        self._socket: socket.socket | None = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind((LOOPBACK, 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.number: int = self._socket.getsockname()[1]
        if sys.platform != "linux":
            self.release()

    def release(self) -> None:
        """Release the port; may be called twice."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None
