"""Middleware of the payments app."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from .views import health_check

HEALTH_PATH: Final = "/health"


class HealthMiddleware:
    """Answers the health path before any other middleware runs.

    So a probe may use the pod's IP as Host, is never redirected to https, and starts no session. A system
    check (`payments.E001`) keeps this class first in MIDDLEWARE.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe, hand every other request on."""
        if request.path == HEALTH_PATH:
            return health_check(request)
        return self.get_response(request)
