"""The project's WSGI or ASGI application with one path more, which reports how the web process is connected."""

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from importlib import import_module
from typing import Any, Final

from asgiref.sync import sync_to_async

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


async def asgi_application(
    scope: MutableMapping[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]
) -> None:
    """Do the same for ASGI, in the thread in which Django runs what is not asynchronous."""
    if scope.get("path") != PATH:
        await _application(scope, receive, send)
        return
    await sync_to_async(report)()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
