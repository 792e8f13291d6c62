"""One HTTP request and its answer, in a thread that the caller can abort in every phase."""

import json
import socket
import ssl
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import certifi

from payments.outgoing import threads
from payments.outgoing.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderTimeout,
    ProviderUnavailable,
)

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""The limit of an answer's body."""
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "coffee-payment",
}


@dataclass(frozen=True)
class Answer:
    """Status and body."""

    status: int
    content: bytes


@dataclass
class Exchange:
    """One request. It runs in a thread of its own, so that the caller can abort it at the deadline."""

    method: str
    url: str
    body: Any
    headers: dict[str, str]
    auth: tuple[str, str] | None
    timeout: float
    result: Answer | ProviderError | None = None
    _aborted: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Send the request; `result` then has the answer or the error."""
        reached = False
        try:
            connection = self._connection()
            try:
                connection.connect()
                reached = True
                self.result = self._answer(connection)
            finally:
                connection.close()
        except ProviderError as error:
            self.result = error
        except (HTTPException, OSError, ValueError) as error:
            kind = ProviderTimeout if isinstance(error, TimeoutError) else ProviderUnavailable
            # Their text can hold the whole URL, so only the name of the class is kept.
            self.result = kind(type(error).__name__, reached=reached)
        finally:
            with self._lock:
                for each in self._sockets:
                    each.close()
                self._sockets.clear()

    def watch(self, connection: socket.socket) -> None:
        """Keep a second handle of a new connection, so that `abort` can close it in every phase."""
        with self._lock:
            if self._aborted:
                connection.close()
                raise ProviderTimeout("connected after the deadline")
            self._sockets.append(connection.dup())

    def abort(self) -> None:
        """Shut the connection down: a pending read in the thread returns the end of the stream."""
        with self._lock:
            self._aborted = True
            for each in self._sockets:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:  # closed by the peer meanwhile
                    continue

    def _connection(self) -> HTTPConnection:
        """Return the connection, not opened yet. No proxy and no ~/.netrc are used."""
        address = urlsplit(self.url)
        if address.hostname is None or address.scheme not in ("http", "https"):
            raise ProviderUnavailable("the address is not one of http or https", reached=False)
        connection = (
            HTTPSConnection(address.hostname, address.port, timeout=self.timeout, context=_trust_store())
            if address.scheme == "https"
            else HTTPConnection(address.hostname, address.port, timeout=self.timeout)
        )

        def connect(*arguments: Any) -> socket.socket:
            opened = socket.create_connection(*arguments)
            self.watch(opened)
            return opened

        # Before the handshake of TLS, which has to end in time, too.
        connection._create_connection = connect  # type: ignore[attr-defined]
        return connection

    def _answer(self, connection: HTTPConnection) -> Answer:
        address = urlsplit(self.url)
        target = urlunsplit(("", "", address.path or "/", address.query, ""))
        headers = {**_HEADERS, **_authorization(self.auth), **self.headers}
        body = None
        if self.body is not None:
            body = json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        connection.request(self.method, target, body, headers)
        response = connection.getresponse()
        content = response.read(MAX_ANSWER_BYTES + 1)
        if len(content) > MAX_ANSWER_BYTES:
            raise ProviderBadAnswer("the answer is larger than 1 MiB", status=response.status)
        if response.length:
            raise IncompleteRead(content, response.length)
        return Answer(response.status, content)


def _authorization(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}"} if auth else {}


@cache
def _trust_store() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def run_in_time(exchange: Exchange) -> Answer:
    """Run an exchange and return its answer. Raises `ProviderTimeout` when twice its timeout has passed."""
    if not threads.run(exchange.run, 2 * exchange.timeout):
        exchange.abort()
        raise ProviderTimeout("the call as a whole took too long")
    if isinstance(exchange.result, Answer):
        return exchange.result
    raise exchange.result or ProviderUnavailable("the call ended without a result")
