"""The longest body of a request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .responses import json_error


class BodyLimitMiddleware:
    """Refuses a body that is longer than any request of this server needs, before any of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Store the next middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 413, or pass the request on."""
        if _length_of(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return json_error("body_too_long", 413)
        return self.get_response(request)


def _length_of(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:  # Django reads no body then
        return 0
