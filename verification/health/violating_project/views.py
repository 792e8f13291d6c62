"""The views of the guilty project: each answers as a healthy endpoint does, after its offence."""

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

from verification.health.detectors.violations import Offence

SLOW_SECONDS: Final = 0.11
"""More than the ceiling of 100 ms."""
SLUGGISH_SECONDS: Final = 0.004
"""Under the ceiling, yet far above 1.25 times what the innocent view takes."""
_seen: set[str] = set()


def innocent(_request: HttpRequest) -> JsonResponse:
    """Do nothing wrong."""
    return JsonResponse({"status": "healthy"})


def slow(request: HttpRequest) -> JsonResponse:
    """Break the absolute ceiling."""
    time.sleep(SLOW_SECONDS)
    return innocent(request)


def sluggish(request: HttpRequest) -> JsonResponse:
    """Keep the ceiling, and be several times slower than before."""
    time.sleep(SLUGGISH_SECONDS)
    return innocent(request)


def guilty(request: HttpRequest, offence: Offence) -> JsonResponse:
    """Commit one offence, then answer as if nothing had been."""
    OFFENCES[offence]()
    return innocent(request)


def query(alias: str = "default") -> None:
    """Ask the database."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")


def query_second_alias() -> None:
    """Ask through the other alias."""
    query("second")


def query_in_thread() -> None:
    """Ask from a thread of its own."""

    def work() -> None:
        try:
            query()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def query_first_time() -> None:
    """Ask once in the life of the process, as a lazily filled cache does."""
    if "first" not in _seen:
        _seen.add("first")
        query()


def query_and_swallow() -> None:
    """Ask, and say nothing if that failed."""
    with suppress(Exception):
        query()


def connect() -> None:
    """Open a connection and leave it at that."""
    connection.close()
    connection.ensure_connection()


def use_driver() -> None:
    """Go past Django."""
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
    """Call a host that the settings name."""
    broker = urlsplit(str(getattr(settings, "BROKER_URL", "")))
    with suppress(OSError), socket.create_connection((broker.hostname or "", broker.port or 0), timeout=0.5):
        pass


def resolve() -> None:
    """Ask the resolver for a name that exists nowhere (RFC 6761)."""
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


OFFENCES: Final[dict[Offence, Callable[[], None]]] = {
    Offence.QUERY: query,
    Offence.SECOND_ALIAS: query_second_alias,
    Offence.OTHER_THREAD: query_in_thread,
    Offence.FIRST_TIME_ONLY: query_first_time,
    Offence.SWALLOWED: query_and_swallow,
    Offence.BARE_CONNECT: connect,
    Offence.RAW_DRIVER: use_driver,
    Offence.RAW_SOCKET: use_socket,
    Offence.NAME: resolve,
    Offence.SUBPROCESS: run_program,
    Offence.FORK: fork,
}
