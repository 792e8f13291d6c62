"""The ready-made roads to a health endpoint that needs no thread, as an ASGI application for uvicorn or granian.

`/health` is answered in the event loop by the same view; all else goes through `a2wsgi` to Django in 64 threads.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")

import a2wsgi
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest

_rest = a2wsgi.WSGIMiddleware(get_wsgi_application(), workers=64)

from payments.views import health_check  # needs Django's set-up


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer `/health`; pass all else on."""
    if scope["type"] == "lifespan":
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})
        return
    if scope["path"] != "/health":
        await _rest(scope, receive, send)
        return
    request = HttpRequest()
    request.method = scope["method"]
    response = health_check(request)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
