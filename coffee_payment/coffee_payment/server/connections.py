"""One client's connection: the bytes that came and were not handled yet, and those that could not be sent yet."""

import socket
import time
from typing import Any, Final

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

TRANSFER_SECONDS: Final = 10.0
"""How long a client may take to send one request, and for each part of the answer that it reads."""


class BoundedReader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads the rest of a request in a thread, for a limited time."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes. Raises `TimeoutError`."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not arrive in time")
        self.sock.settimeout(left)
        try:
            return bytes(super().chunk(size_hint))
        finally:
            self.sock.settimeout(TRANSFER_SECONDS)

    deadline: float = 0.0


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection that waits in the poller with its bytes, until a thread is needed for them."""

    def __init__(self, cfg: Any, client: socket.socket, address: Any, server: Any) -> None:
        """Make the socket non-blocking."""
        super().__init__(cfg, client, address, server)
        self.received = bytearray()
        self.searched = 0
        """How many received bytes were searched for the end of a head."""
        self.needed = 0
        """How many bytes the request has in all, once its head is known."""
        self.unsent = b""
        self.lingering = False
        """Whether the answer has been sent and the connection is to be closed by the client."""
        self.data_ready = True

    def init(self) -> None:
        """Prepare the socket for a thread: each transfer is limited in time."""
        first = not self.initialized
        super().init()
        self.sock.settimeout(TRANSFER_SECONDS)
        if first:
            self.parser.unreader.__class__ = BoundedReader
        self.parser.unreader.deadline = time.monotonic() + TRANSFER_SECONDS

    def send(self, data: bytes) -> bool:
        """Send without waiting; return whether all was sent. Raises `OSError`."""
        data = self.unsent + data
        try:
            sent = self.sock.send(data) if data else 0
        except BlockingIOError:
            sent = 0
        self.unsent = data[sent:]
        return not self.unsent
