"""The views of the violating project: each commits its violation, then answers as a healthy endpoint."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, JsonResponse

from verification.health.detectors.violations import Violation

OVER_LIMIT_SECONDS: Final = 0.11
"""More than the limit of 100 ms."""
SLOWER_SECONDS: Final = 0.004
"""Below the limit, and far above 1.25 times what the clean view takes."""
_queried = False


def clean(_request: HttpRequest) -> JsonResponse:
    """Do nothing wrong."""
    return JsonResponse({"status": "healthy"})


def over_limit(request: HttpRequest) -> JsonResponse:
    """Take longer than the limit."""
    time.sleep(OVER_LIMIT_SECONDS)
    return clean(request)


def slower(request: HttpRequest) -> JsonResponse:
    """Take several times as long as the clean view, below the limit."""
    time.sleep(SLOWER_SECONDS)
    return clean(request)


def commit(request: HttpRequest, violation: Violation) -> JsonResponse:
    """Commit one violation, then answer like the clean view."""
    VIOLATIONS[violation]()
    return clean(request)


def _query(alias: str = "default") -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")


def _query_in_thread() -> None:
    def work() -> None:
        try:
            _query()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _query_first_time() -> None:
    """Run a query once in the life of the process, as a lazily filled cache does."""
    global _queried  # noqa: PLW0603 - state of the process is the point
    if not _queried:
        _queried = True
        _query()


def _query_and_swallow() -> None:
    with suppress(Exception):
        _query()


def _connect() -> None:
    connection.close()
    connection.ensure_connection()


def _use_driver() -> None:
    database = settings.DATABASES["default"]
    keywords = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    raw: Any = psycopg2.connect(**{keyword: database[name] for keyword, name in keywords.items()})
    raw.close()


def _use_socket() -> None:
    broker = urlsplit(str(getattr(settings, "BROKER_URL", "")))
    with suppress(OSError), socket.create_connection((broker.hostname or "", broker.port or 0), timeout=0.5):
        pass


def _resolve() -> None:
    with suppress(OSError):
        socket.getaddrinfo("health.invalid", 80)  # a name that exists nowhere (RFC 6761)


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


VIOLATIONS: Final[dict[Violation, Callable[[], object]]] = {
    Violation.QUERY: _query,
    Violation.SECOND_ALIAS: partial(_query, "second"),
    Violation.OTHER_THREAD: _query_in_thread,
    Violation.FIRST_TIME_ONLY: _query_first_time,
    Violation.SWALLOWED: _query_and_swallow,
    Violation.BARE_CONNECT: _connect,
    Violation.RAW_DRIVER: _use_driver,
    Violation.RAW_SOCKET: _use_socket,
    Violation.NAME: _resolve,
    Violation.SUBPROCESS: partial(subprocess.run, ["true"], check=True),
    Violation.FORK: _fork,
}
"""How each violation is committed."""
