"""One outgoing HTTP call: bounded in time and size, typed errors, a masked log line.

Calls share only the trust store: no session, no cookie, no kept connection. If the peer had just closed a kept
connection, a make command would fail without ever being sent.
"""

import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import urllib3
from coffee_payment.logs import mask_value
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url, parse_url

from payments.outgoing.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnavailable,
)

logger = logging.getLogger(__name__)

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""The limit of an answer's body."""
_CHUNK_BYTES: Final = 16 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
_SUCCESS_CLASS: Final = 2
_TOO_MANY_REQUESTS: Final = 429
_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500


def call_json(
    method: str,
    url: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    empty_allowed: bool = False,
) -> Any:
    """Send one request with a JSON body and return the decoded JSON answer.

    With `empty_allowed` an empty body is an answer too: None. `settings.PAYMENT_API_TIMEOUT_S` limits connecting
    and each read; twice that limits the whole call, even if the peer sends a byte at a time. Raises
    `ProviderError`.
    """
    started = time.monotonic()
    outcome: str | int = "error"
    try:
        answer = _in_time(_Exchange(method, url, body, dict(headers or {}), auth, _timeout()))
        outcome = answer.status
        return None if empty_allowed and _is_good(answer) and not answer.content else _decoded(answer)
    except ProviderError as error:
        outcome = error.status or type(error).__name__
        raise
    finally:
        parts = urlsplit(url)
        logger.info(
            "outgoing call",
            extra={
                "method": method,
                "host": parts.hostname,
                "path": parts.path,
                "parameters": mask_value(body),
                "status": outcome,
                "duration_ms": round((time.monotonic() - started) * 1000),
            },
        )


def _timeout() -> float:
    return float(settings.PAYMENT_API_TIMEOUT_S)


@dataclass(frozen=True)
class _Answer:
    status: int
    content: bytes


@dataclass
class _Exchange:
    """One request. It runs in a thread of its own, so that the caller can abort it at the deadline."""

    method: str
    url: str
    body: Any
    headers: dict[str, str]
    auth: tuple[str, str] | None
    timeout: float
    result: _Answer | ProviderError | None = None
    _aborted: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        try:
            self.result = self._send()
        except ProviderError as error:
            self.result = error
        except urllib3.exceptions.TimeoutError as error:
            # A refused connection is a kind of connect timeout to urllib3.
            refused = isinstance(error, urllib3.exceptions.NewConnectionError)
            self.result = (ProviderUnavailable if refused else ProviderTimeout)(type(error).__name__)
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

    def _send(self) -> _Answer:
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
            return _Answer(response.status, bytes(content))


class _Watched(HTTPConnection):
    """Registers its socket with the exchange, so that the deadline can close it."""

    def __init__(self, *args: Any, exchange: _Exchange, **options: Any) -> None:
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


def _pool(address: Url, exchange: _Exchange) -> urllib3.HTTPConnectionPool:
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


def _in_time(exchange: _Exchange) -> _Answer:
    """Run an exchange and return its answer. Raises `ProviderTimeout` when twice its timeout has passed."""
    thread = threading.Thread(target=copy_context().run, args=(exchange.run,), daemon=True)
    thread.start()
    thread.join(2 * exchange.timeout)
    if thread.is_alive():
        exchange.abort()
        raise ProviderTimeout("the call as a whole took too long")
    if isinstance(exchange.result, _Answer):
        return exchange.result
    raise exchange.result or ProviderUnavailable("the call ended without a result")


def _is_good(answer: _Answer) -> bool:
    return answer.status // 100 == _SUCCESS_CLASS


def _decoded(answer: _Answer) -> Any:
    status = answer.status
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        raise ProviderUnavailable(f"status {status}", status=status)
    if status >= _BAD_REQUEST:
        raise ProviderRejected(f"status {status}", status=status)
    if not _is_good(answer):
        raise ProviderBadAnswer(f"unexpected status {status}", status=status)
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise ProviderBadAnswer("the answer is not JSON", status=status) from None
