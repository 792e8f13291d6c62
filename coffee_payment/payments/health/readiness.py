"""`/health/ready`: whether this process takes new requests. It says nothing about the process's health.

Not ready before the worker serves (nothing answers), and from SIGTERM on. A lost database does not turn it: all
servers would leave the load balancer at once, and customers would get no answer instead of a clear one.
"""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from payments.views import ALLOWED_METHODS

_state: Final[dict[str, Any]] = {"stopping": False}


def refuse() -> None:
    """Answer 503 from now on: the process is stopping."""
    _state["stopping"] = True


def health_ready(request: HttpRequest) -> HttpResponse:
    """GET, HEAD -> 200 {"status": "ready"}, or 503 {"status": "stopping"}; other methods -> 405."""
    response: HttpResponse
    if request.method not in ALLOWED_METHODS:
        response = HttpResponseNotAllowed(ALLOWED_METHODS)
    elif _state["stopping"]:
        response = JsonResponse({"status": "stopping"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    else:
        response = JsonResponse({"status": "ready"})
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response
