"""The project's WSGI or ASGI application, which says in the log when it is loaded: no request has to find out.

A request with the header ``X-Verification-Answer`` and the right word is answered 200 before it reaches the project:
so any path can have a successful answer in the server's log.
"""

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from importlib import import_module
from typing import Any, Final

APPLICATION: Final = "VERIFICATION_APPLICATION"
ANSWER: Final = "VERIFICATION_ANSWER_WORD"
"""Variable with the word; without it every request reaches the project."""
HEADER: Final = "X-Verification-Answer"
LOADED: Final = "verification: the application is loaded"
_BODY: Final = b"ok"

_module, _, _name = os.environ.get(APPLICATION, "").partition(":")
_word = os.environ.get(ANSWER, "")
if _module:
    _application = getattr(import_module(_module), _name or "application")
    os.write(2, f"{LOADED}\n".encode())


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request with the word; give every other one to the project."""
    if _word and environ.get("HTTP_X_VERIFICATION_ANSWER") == _word:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(_BODY)))])
        return [_BODY]
    answer: Iterable[bytes] = _application(environ, start_response)
    return answer


_Message = MutableMapping[str, Any]


async def asgi_application(
    scope: _Message,
    receive: Callable[[], Awaitable[_Message]],
    send: Callable[[_Message], Awaitable[None]],
) -> None:
    """Do the same for ASGI."""
    given = dict(scope.get("headers", ())).get(HEADER.lower().encode(), b"")
    if not _word or given.decode() != _word:
        await _application(scope, receive, send)
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(_BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})
