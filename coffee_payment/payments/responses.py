"""Answers that several views share: JSON errors, the error page, 503 when the database is lost."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from payments.html import sanitised, web_address
from payments.models import Device
from payments.outgoing.bulkhead import RETRY_AFTER_SECONDS
from payments.user_messages import ERROR_MESSAGES

logger = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., HttpResponse])


def json_error(message: str, status: int) -> JsonResponse:
    """Return `{"error": text}`; `message` is a key of ERROR_MESSAGES."""
    return JsonResponse({"error": ERROR_MESSAGES[message]}, status=status)


def error_page(
    request: HttpRequest, text: str, status: int, device: Device | None = None, device_id: str = ""
) -> HttpResponse:
    """Render the error page with the customer's text and, if known, the device's branding."""
    logger.error(
        "error page shown",
        extra={
            "device_id": device.device_uuid if device else device_id[:255],
            "status": status,
            "text": text,
        },
    )
    context = {
        "error_message": text,
        "status_code": status,
        "logo_url": (web_address(device.logo_url) or "") if device else "",
        "client_error_info": sanitised(device.client_error_info) if device else "",
    }
    response = render(request, "payments/error_page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def survives_database_loss(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[View], View]:
    """Return a decorator: the view answers with `answer(request)` when the database connection is lost."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except (OperationalError, InterfaceError):
                logger.exception("database lost")
                return answer(request)

        return cast("View", guarded)

    return decorate


def unavailable_json(_: HttpRequest) -> HttpResponse:
    """Return 503 as JSON."""
    return json_error("service_unavailable", 503)


def unavailable_page(request: HttpRequest) -> HttpResponse:
    """Return 503 as a page."""
    return error_page(request, ERROR_MESSAGES["service_unavailable"], 503)


def busy_json(_: HttpRequest) -> HttpResponse:
    """Return 503 as JSON, with the time after which the client may ask again."""
    response = json_error("busy", 503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
