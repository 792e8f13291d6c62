"""Detectors that run in the process of the project: each is a context manager that lists what it saw.

Each sees what its docstring says and nothing else, so several are used. Django must be set up.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from .caller import caller
from .detector import Detector
from .violations import CALLS, DATABASE, DJANGO_QUERIES, Violation

Seen = list[str]
"""What a detector saw so far, one line for each call."""

AUDIT_EVENTS: Final = frozenset(
    {
        "dbm.open",
        "ftplib.connect",
        "http.client.connect",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
        "socket.sendmsg",
        "socket.sendto",
        "sqlite3.connect",
        "subprocess.Popen",
        "urllib.Request",
    }
)
"""Audit events of calls that leave the process (Python documentation, "Audit events table")."""
CHANGES: Final = frozenset(
    {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link", "os.symlink"}
)
"""Audit events of calls that change files."""
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
"""Flags of a file that is opened to be written."""


@contextmanager
def captured_queries() -> Iterator[Seen]:
    """See SQL through Django cursors, on every alias, in this thread. Opens the connections itself."""
    seen: Seen = []
    with ExitStack() as stack:
        contexts = [
            (connection.alias, stack.enter_context(CaptureQueriesContext(connection)))
            for connection in connections.all()
        ]
        yield seen
    for alias, context in contexts:
        seen.extend(f"{alias}: {query['sql']}" for query in context.captured_queries)


@contextmanager
def wrapped_execution() -> Iterator[Seen]:
    """See SQL through Django cursors, on every alias, in this thread, before it goes to the driver."""
    seen: Seen = []

    def wrapper(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        seen.append(f"{context['connection'].alias}: {sql}{caller()}")
        return execute(sql, parameters, many, context)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(wrapper))
        yield seen


class BlockedConnectionError(RuntimeError):
    """A connection was requested while all connections are blocked."""


@contextmanager
def blocked_connections() -> Iterator[Seen]:
    """See and refuse every use of a database through Django: all aliases, all threads."""
    seen: Seen = []

    def refuse(connection: BaseDatabaseWrapper, *_: object, **__: object) -> None:
        seen.append(f"{connection.alias}: a connection was requested{caller()}")
        raise BlockedConnectionError(seen[-1])

    # Every cursor calls ensure_connection; a project may also call connect itself.
    originals = {name: getattr(BaseDatabaseWrapper, name) for name in ("ensure_connection", "connect")}
    for name in originals:
        setattr(BaseDatabaseWrapper, name, refuse)
    try:
        yield seen
    finally:
        for name, method in originals.items():
            setattr(BaseDatabaseWrapper, name, method)


DRIVERS: Final = ("psycopg2", "psycopg")
"""Modules that connect in C (libpq), so that no audit event tells of it."""


@contextmanager
def blocked_drivers() -> Iterator[Seen]:
    """See and refuse connections that are made with a PostgreSQL driver, past Django."""
    seen: Seen = []
    with ExitStack() as stack:
        for name in [name for name in DRIVERS if find_spec(name)]:
            driver = import_module(name)

            def refuse(*_: object, driver: ModuleType = driver, **__: object) -> None:
                seen.append(f"{driver.__name__}: a connection was requested{caller()}")
                raise driver.OperationalError(seen[-1])

            owners = [driver, *filter(None, [getattr(driver, "Connection", None)])]
            for owner in owners:
                for name_of_function in {"connect", "_connect"} & vars(owner).keys():
                    stack.enter_context(patch.object(owner, name_of_function, refuse))
        yield seen


_listeners: list[Seen] = []
_hooked = False


def _leaves(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        return isinstance(arguments[2], int) and bool(arguments[2] & WRITING) and arguments[0] != os.devnull
    return event in AUDIT_EVENTS or event in CHANGES


def _record(event: str, arguments: tuple[Any, ...]) -> None:
    if _listeners and _leaves(event, arguments):
        described = f"{event} {tuple(value for value in arguments if not isinstance(value, socket.socket))}"
        for listener in _listeners:
            listener.append(f"{described[:200]}{caller()}")


@contextmanager
def audited_calls() -> Iterator[Seen]:
    """See sockets, name lookups, programs, forks and files of Python code, in every thread; not of libpq (C)."""
    global _hooked  # noqa: PLW0603 - an audit hook cannot be removed: add one, once
    if not _hooked:
        sys.addaudithook(_record)
        _hooked = True
    seen: Seen = []
    _listeners.append(seen)
    try:
        yield seen
    finally:
        _listeners.remove(seen)


@contextmanager
def everything() -> Iterator[Callable[[], list[str]]]:
    """See what the detectors that refuse or record see, all at once; yield a function that takes the lines so far."""
    with blocked_connections() as connections, blocked_drivers() as drivers, audited_calls() as calls:

        def take() -> list[str]:
            lines = [*connections, *drivers, *calls]
            for seen in (connections, drivers, calls):
                seen.clear()
            return lines

        yield take


_DJANGO_BLIND_TO: Final = "other threads, bare connects, raw drivers"
DETECTORS: Final[dict[Detector, Callable[[], AbstractContextManager[Seen]]]] = {
    Detector("captured queries", DJANGO_QUERIES, _DJANGO_BLIND_TO): captured_queries,
    Detector("execute wrapper", DJANGO_QUERIES, _DJANGO_BLIND_TO): wrapped_execution,
    Detector("blocked connections", DATABASE - {Violation.RAW_DRIVER}, "raw drivers"): blocked_connections,
    Detector("audit hook", CALLS, "libpq and other C code"): audited_calls,
}
BY_NAME: Final = {detector.name: watch for detector, watch in DETECTORS.items()}
TOGETHER: Final = (("captured queries", "execute wrapper"), ("blocked connections",), ("audit hook",))
"""Detectors that observe the same process, since none of them changes what another sees."""
DRAWN: Final = Detector("drawn requests", frozenset(Violation), "C code other than PostgreSQL's drivers")
"""``everything`` under requests of every kind, on a clock that is moved between them."""
