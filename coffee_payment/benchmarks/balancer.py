"""A load balancer as Kubernetes' service is one: connections go to backends that were ready when last asked."""

import itertools
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Final, Self

from verification.processes.wait import wait_for

HOST: Final = "127.0.0.1"
PERIOD_SECONDS: Final = 0.1
"""Between two questions for readiness."""
_CHUNK: Final = 65536


class Balancer:
    """Listens on a port and relays each connection; use it in a `with` block."""

    def __init__(self) -> None:
        """Begin without backends."""
        self._listener = socket.create_server((HOST, 0), backlog=1024)
        self.port = int(self._listener.getsockname()[1])
        self.ready: dict[int, bool] = {}
        """Port of each backend -> whether it was ready when it was last asked."""
        self.refused: dict[int, float] = {}
        """Port -> monotonic time of its first answer that it is not ready; a closed port is no answer."""
        self.failures: list[str] = []
        """Connections that no backend took."""
        self._turn = itertools.count()
        self._closed = threading.Event()
        for work in (self._accept, self._ask):
            threading.Thread(target=work, daemon=True).start()

    def add(self, port: int, seconds: float = 60) -> None:
        """Add a backend and wait until it is ready. Raises `TimeoutError`."""
        self.ready[port] = False
        if not wait_for(lambda: self.ready[port], seconds=seconds):
            raise TimeoutError(f"port {port} was not ready within {seconds:g} s")

    def _ask(self) -> None:
        while not self._closed.wait(PERIOD_SECONDS):
            for port in list(self.ready):
                status = _readiness(port)
                if self.ready[port] and status == HTTPStatus.SERVICE_UNAVAILABLE:
                    self.refused[port] = time.monotonic()
                self.ready[port] = status == HTTPStatus.OK

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        ready = [port for port, is_ready in self.ready.items() if is_ready]
        with client:
            try:
                port = ready[next(self._turn) % len(ready)]
                server = socket.create_connection((HOST, port), timeout=60)
            except (OSError, ZeroDivisionError) as error:
                self.failures.append(f"{type(error).__name__} with {len(ready)} ready backends")
                return
            with server:
                threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
                _pass_on(server, client)

    def __enter__(self) -> Self:
        """Return the running balancer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _readiness(port: int) -> int:
    """Return the status of the answer; 0 without one."""
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
