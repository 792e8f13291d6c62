"""A trap for migrations that call the network: a deploy must not depend on who answers there.

Python reports connections and look-ups of names as audit events (https://docs.python.org/3/library/audit_events.html);
libpq's own are not among them. Threads beside the migration (an error reporter's) may call whom they like, and
receivers of pre_migrate and post_migrate (a cache's), which run at every deploy.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.signals import post_migrate, pre_migrate

from .failure import Refused

EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}

_called: list[str] = []
_allowed: list[tuple[str, str]] = []
"""Host and port of the server; empty: anything may be called."""


def forbid(server: dict[str, Any]) -> None:
    """Set the trap for the rest of this process; connections to the server itself pass."""
    if not _allowed:
        sys.addaudithook(_hook)
        for signal in (pre_migrate, post_migrate):
            signal.send = receivers()(signal.send)
    _allowed.append((str(server["host"]), str(server["port"])))


@contextmanager
def receivers() -> Iterator[None]:
    """Keep the trap open while receivers of signals run."""
    kept, _allowed[:] = list(_allowed), []
    try:
        yield
    finally:
        _allowed[:] = kept


def raise_if_called() -> None:
    """Raise what a migration has caught."""
    if _called:
        raise Refused("network", "it calls the network ({})".format(_called[0]))


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _allowed or event not in EVENTS or threading.current_thread() is not threading.main_thread():
        return
    address = args[1] if event == "socket.connect" else args
    if not isinstance(address, tuple) or tuple(map(str, address[:2])) in _allowed:
        return  # a socket in the file system, or the server
    _called.append(":".join(str(part) for part in address[:2] if part not in (None, "")))
    raise_if_called()
