"""Values that staff may type and the database cannot hold: an answer instead of an error page."""

import logging
from collections.abc import Callable
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from payments.responses import error_page
from payments.user_messages import ERROR_MESSAGES

logger = logging.getLogger(__name__)

UNUSABLE: Final = (DataError, OverflowError, RecursionError, ValueError)
"""NUL and lone surrogates, numbers of thousands of digits, years that no calendar has, thousands of brackets."""


class BadInputMiddleware:
    """Answers 400 to what no field refused, and 503 when credentials cannot be decrypted, within the admin only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Store the next middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page; None for any other error, and outside of the admin."""
        if not request.path.startswith(reverse("admin:index")):
            return None
        if isinstance(error, UNUSABLE):
            logger.warning("unusable value", exc_info=error)
            return error_page(request, ERROR_MESSAGES["unusable_value"], 400)
        if isinstance(error, ImproperlyConfigured):
            logger.error("credentials cannot be read", exc_info=error)
            return error_page(request, ERROR_MESSAGES["unreadable_credentials"], 503)
        return None
