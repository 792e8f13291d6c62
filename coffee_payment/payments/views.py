"""The health endpoint (docs/domain.md, section 8)."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

logger = logging.getLogger(__name__)

ALLOWED_METHODS: Final = ("GET", "HEAD")


def health_check(request: HttpRequest) -> HttpResponse:
    """Return that the process serves requests; makes no query and no call.

    GET, HEAD -> 200 {"status": "healthy", "timestamp": UTC ISO-8601}; other methods -> 405; any failure ->
    500 {"status": "unhealthy", "timestamp": the same or null}.
    """
    timestamp: str | None = None
    response: HttpResponse
    try:
        if request.method in ALLOWED_METHODS:
            timestamp = current_time()
            response = healthy(timestamp)
        else:
            response = HttpResponseNotAllowed(ALLOWED_METHODS)
    except Exception:
        logger.exception("Health check failed")
        # Build the body without JsonResponse, which may be what failed.
        body = json.dumps({"status": "unhealthy", "timestamp": timestamp})
        response = HttpResponse(body, status=500, content_type="application/json")
    response["Cache-Control"] = "no-store"
    # CommonMiddleware, which sets it otherwise, does not run for a probe.
    response["Content-Length"] = str(len(response.content))
    return response


def current_time() -> str:
    """Return the time in UTC, as `2025-11-23T10:30:00+00:00`."""
    return datetime.now(UTC).isoformat()


def healthy(timestamp: str) -> HttpResponse:
    """Return the answer 200."""
    return JsonResponse({"status": "healthy", "timestamp": timestamp})
