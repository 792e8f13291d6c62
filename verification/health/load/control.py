"""The control of the checks under load: a WSGI application with every fault that they look for.

Its health endpoint is as fast as can be. On gunicorn's plain threaded worker it starves, drops what waits in the
backlog, is never "not ready", and keeps memory for each probe.
"""

import os
import socket
from collections.abc import Callable, Iterable
from typing import Any, Final

HEALTH: Final = "/health"
READY: Final = "/ready"
HELD: Final = "/held"
PORT_VARIABLE: Final = "VERIFICATION_LATE_HOST"
GRACEFUL_SECONDS: Final = 5
OPTIONS: Final = (
    *("--worker-class", "gthread", "--threads", "2", "--workers", "1"),
    *("--graceful-timeout", str(GRACEFUL_SECONDS)),
    *("--config", f"python:{__name__}"),  # no gunicorn.conf.py of the folder that it is started in
)
LEAK_BYTES: Final = 32 * 1024
_kept: list[bytes] = []


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer; ``/held`` waits for the late host first."""
    if environ["PATH_INFO"] == HELD:
        whole = int(environ.get("CONTENT_LENGTH") or 0)
        if len(environ["wsgi.input"].read(whole)) < whole:
            raise ConnectionError("the client has gone")
        with socket.create_connection(("127.0.0.1", int(os.environ[PORT_VARIABLE]))) as late:
            late.recv(1)
    elif environ["PATH_INFO"] == HEALTH:
        _kept.append(os.urandom(LEAK_BYTES))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"OK"]
