"""The reference: a WSGI and ASGI application that does nothing, served like the project."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

BODY: Final = b'{"status": "healthy", "timestamp": "2025-11-23T10:30:00+00:00"}'


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer any request with a body of the size that a health endpoint usually has."""
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]


async def asgi_application(
    scope: MutableMapping[str, Any],
    receive: Any,  # noqa: ARG001 - the form of ASGI
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Answer every request of ASGI with 200."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})
