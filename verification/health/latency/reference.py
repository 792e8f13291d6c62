"""The reference: a WSGI application that does nothing, served like the project."""

from collections.abc import Callable, Iterable
from typing import Any, Final

BODY: Final = b'{"status": "healthy", "timestamp": "2025-11-23T10:30:00+00:00"}'


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer any request with a body of the size that a health endpoint usually has."""
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]
