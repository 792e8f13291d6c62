"""A TCP relay before the database, which can be held: then no byte comes through, as with a server that hangs."""

import socket
import threading
from contextlib import suppress
from typing import Final, Self

from ...processes.listener import Listener

_CHUNK: Final = 65536


class Relay:
    """Listens on a port and passes on what comes; use it in a ``with`` block."""

    def __init__(self, host: str, port: int) -> None:
        """``host`` and ``port`` are those of the database."""
        self._target = (host, port)
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        self._listener = Listener("relay", self._accept)
        self.port: int = self._listener.port

    def hold(self) -> None:
        """Pass nothing on until ``release``."""
        self._open.clear()

    def release(self) -> None:
        """Pass everything on, also what has come meanwhile."""
        self._open.set()

    def _accept(self, client: socket.socket) -> None:
        threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._open.wait()
        try:
            server = socket.create_connection(self._target, timeout=10)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self._sockets += (client, server)
        threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
        self._pass_on(server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                self._open.wait()
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._listener.close()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
