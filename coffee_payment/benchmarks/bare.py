"""The barest WSGI application: the measure of what a server costs by itself."""

from collections.abc import Callable, Iterable
from typing import Any, Final

BODY: Final = b'{"status": "healthy", "timestamp": "2025-11-23T10:30:00.000000+00:00"}'
HEADERS: Final = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def application(_: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with the same bytes."""
    start_response("200 OK", HEADERS)
    return [BODY]
