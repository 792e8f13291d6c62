"""One HTTP request and its answer, in a thread that the caller can abort in every phase."""

import socket
import ssl
import threading
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from typing import Any, Final

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url, parse_url

from payments.outgoing.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderTimeout,
    ProviderUnavailable,
)

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""The limit of an answer's body."""
_CHUNK_BYTES: Final = 16 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}


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
        try:
            self.result = self._send()
        except ProviderError as error:
            self.result = error
        except urllib3.exceptions.TimeoutError as error:
            # A refused connection is a kind of connect timeout to urllib3.
            refused = isinstance(error, urllib3.exceptions.NewConnectionError)
            reached = not refused and not isinstance(error, urllib3.exceptions.ConnectTimeoutError)
            self.result = (ProviderUnavailable if refused else ProviderTimeout)(
                type(error).__name__, reached=reached
            )
        except (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
            # Their text can hold the whole URL, so only the name of the class is kept.
            self.result = ProviderUnavailable(type(error).__name__)
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

    def _send(self) -> Answer:
        address = parse_url(self.url)
        with _pool(address, self) as pool:
            response = pool.request(
                self.method,
                address.request_uri,
                json=self.body,
                headers={**_HEADERS, **_authorization(self.auth), **self.headers},
                timeout=urllib3.Timeout(connect=self.timeout, read=self.timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            content = bytearray()
            for chunk in response.stream(_CHUNK_BYTES):
                content += chunk
                if len(content) > MAX_ANSWER_BYTES:
                    raise ProviderBadAnswer("the answer is larger than 1 MiB", status=response.status)
            return Answer(response.status, bytes(content))


class _Watched(HTTPConnection):
    """Registers its socket with the exchange, so that the deadline can close it."""

    def __init__(self, *args: Any, exchange: Exchange, **options: Any) -> None:
        self._exchange = exchange
        super().__init__(*args, **options)

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        self._exchange.watch(connection)
        return connection


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same with TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


def _pool(address: Url, exchange: Exchange) -> urllib3.HTTPConnectionPool:
    """Return the pool of an exchange's one connection. No proxy and no ~/.netrc are used."""
    if address.host is None or address.scheme not in ("http", "https"):
        raise ProviderUnavailable("the address is not one of http or https")
    if address.scheme == "https":
        return _TLSPool(address.host, address.port, ssl_context=_trust_store(), exchange=exchange)
    return _Pool(address.host, address.port, exchange=exchange)


def _authorization(auth: tuple[str, str] | None) -> dict[str, str]:
    return dict(urllib3.make_headers(basic_auth=":".join(auth))) if auth else {}


@cache
def _trust_store() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def run_in_time(exchange: Exchange) -> Answer:
    """Run an exchange and return its answer. Raises `ProviderTimeout` when twice its timeout has passed."""
    thread = threading.Thread(target=copy_context().run, args=(exchange.run,), daemon=True)
    thread.start()
    thread.join(2 * exchange.timeout)
    if thread.is_alive():
        exchange.abort()
        raise ProviderTimeout("the call as a whole took too long")
    if isinstance(exchange.result, Answer):
        return exchange.result
    raise exchange.result or ProviderUnavailable("the call ended without a result")
