"""The bytes of an answer that the polling thread gives."""

import time
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Final

from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest, HttpResponse
from gunicorn import util
from payments import middleware

from coffee_payment.server.heads import Probe

_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}


def answer(probe: Probe) -> HttpResponse:
    """Return the view's answer, counted like one that came through the middleware.

    An exception becomes 500 and a line in the log, as Django's handler makes it.
    """
    request = HttpRequest()
    request.method = probe.method
    request.path = request.path_info = probe.path
    request.META = {
        "REQUEST_METHOD": probe.method,
        "PATH_INFO": probe.path,
        "QUERY_STRING": probe.query,
        "SERVER_PROTOCOL": f"HTTP/{probe.version}",
    }
    try:
        return middleware.answer_probe(request)
    except Exception as error:  # noqa: BLE001 - the polling thread serves everybody
        return response_for_exception(request, error)


class Wire:
    """Writes answers as gunicorn does; the date is formatted once a second."""

    def __init__(self) -> None:
        """Begin without a date."""
        self._second = 0
        self._date = ""

    def encoded(self, response: HttpResponse, probe: Probe, *, keep_alive: bool) -> bytes:
        """Return status line, headers, and the body unless the method is HEAD."""
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, util.http_date(second)
        status = response.status_code
        lines = [
            f"HTTP/{probe.version} {status} {_REASONS.get(status, 'Unknown')}\r\nServer: gunicorn\r\n"
            f"Date: {self._date}\r\nConnection: {'keep-alive' if keep_alive else 'close'}\r\n",
            *(f"{name}: {value}\r\n" for name, value in response.items()),
            "\r\n",
        ]
        head = "".join(lines).encode("latin-1")
        return head if probe.method == "HEAD" else head + response.content


def refusal(status: HTTPStatus, *headers: str) -> bytes:
    """Return an answer without a body, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", "Connection: close", "Content-Length: 0", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def log(logger: Any, response: HttpResponse, probe: Probe, remote: Any, seconds: float) -> None:
    """Write the access line that gunicorn writes for requests in threads."""
    environ = {
        "REMOTE_ADDR": remote[0] if isinstance(remote, tuple) else "",
        "REQUEST_METHOD": probe.method,
        "RAW_URI": probe.path,
        "PATH_INFO": probe.path,
        "QUERY_STRING": probe.query,
        "SERVER_PROTOCOL": f"HTTP/{probe.version}",
    }
    record = SimpleNamespace(
        status=str(response.status_code), headers=list(response.items()), sent=len(response.content)
    )
    logger.access(record, SimpleNamespace(headers=[]), environ, timedelta(seconds=seconds))
