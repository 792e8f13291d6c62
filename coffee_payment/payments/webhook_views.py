"""Where providers send notifications (design: domain.md section 5, Webhooks)."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from payments.answers import json_error, survives_database_loss, unavailable_json
from payments.parameters import body_of
from payments.services.notifications import NotificationRefused, receive_tbank, receive_yookassa

logger = logging.getLogger(__name__)


@csrf_exempt
@survives_database_loss(unavailable_json)
def yookassa_payment_result_webhook(request: HttpRequest) -> HttpResponse:
    """Take a YooKassa notification: 200 with an empty body when it is processed or ignored."""
    return _received(request, receive_yookassa) or HttpResponse(status=200)


@csrf_exempt
@survives_database_loss(unavailable_json)
def tbank_payment_notification(request: HttpRequest) -> HttpResponse:
    """Take a TBank notification: 200 with the text ``OK`` when it is processed or ignored."""
    return _received(request, receive_tbank) or HttpResponse("OK", content_type="text/plain")


def _received(request: HttpRequest, receive: Callable[[Any], None]) -> HttpResponse | None:
    """Hand the body on; None when that went well."""
    body = body_of(request) if request.method == "POST" else None
    if not isinstance(body, dict):
        return json_error("invalid_request", 400)
    logger.info("notification", extra={"path": request.path, "field_names": sorted(map(str, body))[:50]})
    try:
        receive(body)
    except NotificationRefused as refused:
        logger.warning("notification refused", extra={"path": request.path, "reason": str(refused)})
        return json_error(refused.message, refused.status)
    return None
