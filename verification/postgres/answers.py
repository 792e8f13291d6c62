"""Whether a server answers at all: its process may have been stopped or killed, or the network may swallow packets."""

import errno
import os
import time
from typing import Final

from ..errors import CannotRun
from . import driver
from .server import CONNECT_SECONDS, Server

APPLICATION_NAME: Final = "verification-watch"
"""How the log of a server names who only asks whether it answers."""
_GONE: Final = (os.strerror(errno.ECONNREFUSED), os.strerror(errno.ENOENT))
"""What libpq says when nobody listens at a port, or at the file of a socket."""


def is_silent(server: Server, seconds: int) -> bool:
    """Tell whether it lets nobody in within so many seconds, not even with an error."""
    return _ask(server, seconds)[1]


def require_answer(server: Server) -> None:
    """Raise ``CannotRun`` if it is silent, or if nobody listens there."""
    refusal, silent = _ask(server, CONNECT_SECONDS)
    if silent or any(text in refusal for text in _GONE):
        raise CannotRun(
            f"{server.provider}: the PostgreSQL server at {server.address} does not answer",
            "see whether its process was stopped or killed",
        )


def _ask(server: Server, seconds: int) -> tuple[str, bool]:
    """Return why there is no connection (empty if there is one), and whether that took all the time."""
    before = time.monotonic()
    try:
        driver.connect(server.url(connect_timeout=str(seconds), application_name=APPLICATION_NAME)).close()
    except driver.Error as error:
        return str(error), time.monotonic() - before > seconds - 1
    return "", False
