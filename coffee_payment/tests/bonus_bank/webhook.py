"""Notifications: the raw body is signed, the signature is in a header."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from payments.models import Order
from payments.providers.base import Notification, NotificationRefused, Webhook
from payments.providers.credentials import find_credentials, require_credentials
from payments.providers.parsing import text_of


def signature(content: bytes, key: str) -> str:
    """Return the value of the header X-Bonus-Signature."""
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


class BonusBankWebhook(Webhook):
    path = "v1/bonus-bank-webhook"
    url_name = "bonus_bank_webhook"
    acknowledgement = "THANKS"

    def read(self, request: HttpRequest, body: Mapping[str, Any]) -> Notification:
        order_id = text_of(body, "reference").removeprefix("coffee:")
        order = Order.objects.select_related("device").filter(pk=order_id).first()
        if order is None:
            raise NotificationRefused(404, "order_not_found", "unknown order")
        key = str(require_credentials(find_credentials(order)).get("bonus_signing_key"))
        if not hmac.compare_digest(
            request.headers.get("X-Bonus-Signature", ""), signature(request.body, key)
        ):
            raise NotificationRefused(400, "invalid_request", "wrong signature")
        return Notification(order, text_of(body, "number"), provider_order_id=text_of(body, "reference"))
