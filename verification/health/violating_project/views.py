"""The views of the violating project: each commits its violation, then answers as a healthy endpoint."""

import os
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, JsonResponse

from ...postgres import driver
from ..detectors.violations import Violation

OVER_LIMIT_SECONDS: Final = 0.11
"""More than the limit of 100 ms."""
SLOWER_SECONDS: Final = 0.004
"""Below the limit, and far above 1.25 times what the clean view takes."""
PERIOD_SECONDS: Final = 30
LONG_QUERY: Final = 1000
"""Characters."""
_queried = False
_last_time = time.monotonic()


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
    if OCCASIONS.get(violation, _always)(request):
        VIOLATIONS[violation]()
    return clean(request)


def _always(_request: HttpRequest) -> bool:
    return True


def _is_due(_request: HttpRequest) -> bool:
    """Tell whether it is time for what is done every 30 seconds."""
    global _last_time  # noqa: PLW0603 - state of the process is the point
    due = time.monotonic() - _last_time > PERIOD_SECONDS
    if due:
        _last_time = time.monotonic()
    return due


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
    raw: Any = driver.connect(**{keyword: database[name] for keyword, name in keywords.items()})
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


def _open_sqlite() -> None:
    with TemporaryDirectory() as folder:
        sqlite3.connect(Path(folder, "health.sqlite3")).close()


def _write_file() -> None:
    with NamedTemporaryFile("w") as file:
        file.write("healthy")


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
    Violation.SQLITE: _open_sqlite,
    Violation.FILE: _write_file,
    Violation.ON_HEAD: _query_and_swallow,
    Violation.WITH_QUERY: _query_and_swallow,
    Violation.WITH_COOKIE: _use_socket,
    Violation.AFTER_A_WHILE: _query_and_swallow,
}
"""How each violation is committed."""
OCCASIONS: Final[dict[Violation, Callable[[HttpRequest], bool]]] = {
    Violation.ON_HEAD: lambda request: request.method == "HEAD",
    Violation.WITH_QUERY: lambda request: len(request.META["QUERY_STRING"]) > LONG_QUERY,
    Violation.WITH_COOKIE: lambda request: bool(request.COOKIES),
    Violation.AFTER_A_WHILE: _is_due,
}
"""When it is committed; the others always are."""
