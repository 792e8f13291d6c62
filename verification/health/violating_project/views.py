"""The views of the violating project: each commits its violation, then answers as a healthy endpoint."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
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


def query(alias: str = "default") -> None:
    """Run a query."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")


def query_second_alias() -> None:
    """Run a query on the other alias."""
    query("second")


def query_in_thread() -> None:
    """Run a query in another thread."""

    def work() -> None:
        try:
            query()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def query_first_time() -> None:
    """Run a query once in the life of the process, as a lazily filled cache does."""
    global _queried  # noqa: PLW0603 - state of the process is the point
    if not _queried:
        _queried = True
        query()


def query_and_swallow() -> None:
    """Run a query and swallow its error."""
    with suppress(Exception):
        query()


def connect() -> None:
    """Open a connection and run no query."""
    connection.close()
    connection.ensure_connection()


def use_driver() -> None:
    """Connect with psycopg2, without Django."""
    database = settings.DATABASES["default"]
    raw: Any = psycopg2.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
    )
    raw.close()


def use_socket() -> None:
    """Connect to a host that the settings name."""
    broker = urlsplit(str(getattr(settings, "BROKER_URL", "")))
    with suppress(OSError), socket.create_connection((broker.hostname or "", broker.port or 0), timeout=0.5):
        pass


def resolve() -> None:
    """Resolve a name that exists nowhere (RFC 6761)."""
    with suppress(OSError):
        socket.getaddrinfo("health.invalid", 80)


def run_program() -> None:
    """Start a program."""
    subprocess.run(["true"], check=True)


def fork() -> None:
    """Fork, and wait for the child."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


VIOLATIONS: Final[dict[Violation, Callable[[], None]]] = {
    Violation.QUERY: query,
    Violation.SECOND_ALIAS: query_second_alias,
    Violation.OTHER_THREAD: query_in_thread,
    Violation.FIRST_TIME_ONLY: query_first_time,
    Violation.SWALLOWED: query_and_swallow,
    Violation.BARE_CONNECT: connect,
    Violation.RAW_DRIVER: use_driver,
    Violation.RAW_SOCKET: use_socket,
    Violation.NAME: resolve,
    Violation.SUBPROCESS: run_program,
    Violation.FORK: fork,
}
