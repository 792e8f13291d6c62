"""One outgoing HTTP call: bounded in time and size, typed errors, a masked log line.

Nothing is shared between calls but the trust store: no session, no cookie, no kept
connection (a kept one that the peer has just closed would turn a make command into a
failure that never happened).
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
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import requests
from coffee_payment.logs import mask_value
from django.conf import settings
from requests.adapters import HTTPAdapter

from payments.services.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnavailable,
)

logger = logging.getLogger(__name__)

LARGEST_ANSWER: Final = 1024 * 1024
"""Bytes of a body that are read at most."""
_CHUNK: Final = 16 * 1024
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
    """Send one request with a JSON body and give the decoded JSON answer.

    With ``empty_allowed`` an empty body is an answer too: None.

    ``settings.PAYMENT_API_TIMEOUT_S`` bounds connecting and each read, twice that bounds the
    whole call, even against a peer that sends a byte at a time. Raises ``ProviderError``.
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
    """One request on its way. It runs in a thread of its own and can be cut off from outside."""

    method: str
    url: str
    body: Any
    headers: dict[str, str]
    auth: tuple[str, str] | None
    timeout: float
    result: _Answer | ProviderError | None = None
    _cut: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        try:
            self.result = self._send()
        except ProviderError as error:
            self.result = error
        except requests.Timeout as error:
            self.result = ProviderTimeout(type(error).__name__)
        except (requests.RequestException, OSError, ValueError) as error:
            # The text of these can hold the whole URL: the name of the class says enough.
            self.result = ProviderUnavailable(type(error).__name__)
        finally:
            with self._lock:
                for each in self._sockets:
                    each.close()
                self._sockets.clear()

    def watch(self, connection: socket.socket) -> None:
        """Keep a second handle of a new connection, so that ``cut`` reaches it in every phase."""
        with self._lock:
            if self._cut:
                connection.close()
                raise ProviderTimeout("connected after the deadline")
            self._sockets.append(connection.dup())

    def cut(self) -> None:
        """End the exchange now: whoever waits for bytes in it gets the end of the stream."""
        with self._lock:
            self._cut = True
            for each in self._sockets:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:  # closed by the peer meanwhile
                    continue

    def _send(self) -> _Answer:
        with requests.Session() as session:
            session.trust_env = False  # no ~/.netrc over our Authorization, no proxy by accident
            session.mount("https://", _Adapter(self))
            session.mount("http://", _Adapter(self))
            response = session.request(
                self.method,
                self.url,
                json=self.body,
                headers={"Accept": "application/json", "Accept-Encoding": "identity", **self.headers},
                auth=self.auth,
                timeout=(self.timeout, self.timeout),
                allow_redirects=False,
                stream=True,
            )
            content = bytearray()
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    raise ProviderBadAnswer("the answer is larger than 1 MiB", status=response.status_code)
            return _Answer(response.status_code, bytes(content))


class _Adapter(HTTPAdapter):
    """Shows each new connection to the exchange, and loads the trust store once per process."""

    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=_trust_store(), **kwargs)

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Do nothing: the context of ``init_poolmanager`` verifies."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        exchange, base = self._exchange, pool.ConnectionCls

        class Watched(base):  # type: ignore[misc, valid-type]
            def _new_conn(self) -> socket.socket:
                connection: socket.socket = super()._new_conn()
                exchange.watch(connection)
                return connection

        pool.ConnectionCls = Watched
        return pool


@cache
def _trust_store() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _in_time(exchange: _Exchange) -> _Answer:
    """Run an exchange and give its answer, or raise when twice its timeout has passed."""
    thread = threading.Thread(target=copy_context().run, args=(exchange.run,), daemon=True)
    thread.start()
    thread.join(2 * exchange.timeout)
    if thread.is_alive():
        exchange.cut()
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
