"""The project's WSGI application with one path more, which reports how the web process is connected."""

import os
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Final

from .session_report import report

APPLICATION: Final = "VERIFICATION_APPLICATION"
PATH: Final = "/verification/session"

_module, _, _name = os.environ.get(APPLICATION, "").partition(":")
_application: Any = getattr(import_module(_module), _name or "application") if _module else None


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Connect in the thread that serves the request; give every other path to the project."""
    if environ["PATH_INFO"] != PATH:
        answer: Iterable[bytes] = _application(environ, start_response)
        return answer
    report()
    start_response("200 OK", [("Content-Length", "0")])
    return []
