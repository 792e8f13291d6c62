"""Middleware of the payments app."""

import time
from collections.abc import Callable
from functools import cache
from typing import Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .health import metrics, readiness
from .health.deep import health_deep
from .views import health_check

HEALTH_PATH: Final = "/health"
READY_PATH: Final = "/health/ready"
OTHER_PATHS: Final = {"/health/metrics": metrics.health_metrics, "/health/deep": health_deep}


def answer_probe(request: HttpRequest) -> HttpResponse:
    """Answer `/health`, which is counted, or `/health/ready`. Makes no query and no call."""
    if request.path == READY_PATH:
        return readiness.health_ready(request)
    started = time.perf_counter()
    response = health_check(request)
    metrics.record(response.status_code, time.perf_counter() - started)
    return response


class HealthMiddleware:
    """Answers the health paths before any other middleware runs.

    A probe may therefore use the pod's IP as Host, is never redirected to https, and starts no session. The
    system check `payments.E001` requires this class to be the first in MIDDLEWARE. Under gunicorn the worker answers
    the probes before they come here (`coffee_payment.server.worker`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Store the next middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe; pass every other request on."""
        if request.path in (HEALTH_PATH, READY_PATH):
            return answer_probe(request)
        view = OTHER_PATHS.get(request.path, self.get_response)
        return view(request)


class PolicyMiddleware(CSPMiddleware):
    """The library's middleware with a policy that is composed once: no view of this server changes it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header, unless it is there; Django's own pages about errors get none while DEBUG is on."""
        if settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return str(build_policy())
