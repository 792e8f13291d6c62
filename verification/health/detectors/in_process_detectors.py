"""Witnesses inside the process: each a context manager that lists what it saw.

A recorder sees what its docstring says and is blind to the rest (design: proving-purity.md), so
several stand beside each other. Django must be set up.
"""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

Observations = list[str]

CALLS: Final = frozenset(
    {
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
        "subprocess.Popen",
    }
)
"""Audit events by which Python code leaves the process (docs.python.org, Audit events table)."""


@contextmanager
def captured_queries() -> Iterator[Observations]:
    """See SQL through Django cursors, on every alias, in this thread. Opens the connections itself."""
    seen: Observations = []
    with ExitStack() as stack:
        contexts = [
            (connection.alias, stack.enter_context(CaptureQueriesContext(connection)))
            for connection in connections.all()
        ]
        yield seen
    for alias, context in contexts:
        seen.extend(f"{alias}: {query['sql']}" for query in context.captured_queries)


@contextmanager
def wrapped_execution() -> Iterator[Observations]:
    """See SQL through Django cursors, on every alias, in this thread, before the driver has it."""
    seen: Observations = []

    def wrapper(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        seen.append(f"{context['connection'].alias}: {sql}")
        return execute(sql, parameters, many, context)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(wrapper))
        yield seen


class BlockedConnectionError(RuntimeError):
    """A connection was asked for while all are blocked."""


@contextmanager
def blocked_connections() -> Iterator[Observations]:
    """See and refuse every use of a database through Django: all aliases, all threads."""
    seen: Observations = []

    def refuse(connection: BaseDatabaseWrapper, *_: object, **__: object) -> None:
        seen.append(f"{connection.alias}: a connection was asked for")
        raise BlockedConnectionError(seen[-1])

    # Both names: ensure_connection guards every cursor, connect is what bolder code calls directly.
    kept = {name: getattr(BaseDatabaseWrapper, name) for name in ("ensure_connection", "connect")}
    for name in kept:
        setattr(BaseDatabaseWrapper, name, refuse)
    try:
        yield seen
    finally:
        for name, method in kept.items():
            setattr(BaseDatabaseWrapper, name, method)


_listeners: list[Observations] = []
_hooked = False


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _listeners and event in CALLS:
        described = f"{event} {tuple(each for each in arguments if not isinstance(each, socket.socket))}"
        for listener in _listeners:
            listener.append(described[:200])


@contextmanager
def audited_calls() -> Iterator[Observations]:
    """See sockets, names, programs and forks of Python code in every thread. Blind to libpq (C)."""
    global _hooked  # noqa: PLW0603 - an audit hook cannot be removed, so there is one, with a switch
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked = True
    seen: Observations = []
    _listeners.append(seen)
    try:
        yield seen
    finally:
        _listeners.remove(seen)


RECORDERS: Final[dict[str, Callable[[], AbstractContextManager[Observations]]]] = {
    "captured queries": captured_queries,
    "execute wrapper": wrapped_execution,
    "blocked connections": blocked_connections,
    "audit hook": audited_calls,
}
