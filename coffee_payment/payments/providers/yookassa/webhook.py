"""YooKassa's notifications. They are not signed: only the payment that is fetched afterwards is trusted."""

import logging
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from payments import lookups
from payments.providers.base import Notification, NotificationRefused, Webhook
from payments.providers.parsing import PAYMENT_ID, text_of

logger = logging.getLogger(__name__)


class YookassaWebhook(Webhook):
    """`{event, object: {id, metadata: {order_uuid}}}`; events other than payment.* are ignored."""

    path = "v1/yook-pay-webhook"
    url_name = "yookassa_payment_result_webhook"

    def read(self, _request: HttpRequest, body: Mapping[str, Any]) -> Notification | None:
        """Find the order that the payment's metadata names. Raises `NotificationRefused`."""
        event, payment = body.get("event"), body.get("object")
        if not isinstance(event, str):
            raise NotificationRefused(400, "invalid_request", "no event")
        if not event.startswith("payment."):
            logger.info("notification ignored", extra={"event": event[:50]})
            return None
        payment_id = text_of(payment, "id")
        order_id = text_of(payment.get("metadata"), "order_uuid") if isinstance(payment, dict) else ""
        if not PAYMENT_ID.fullmatch(payment_id) or not order_id:
            raise NotificationRefused(400, "invalid_request", "no proper payment id or order id")
        order = lookups.ORDER.first(order_id)
        if order is None:
            raise NotificationRefused(404, "order_not_found", "unknown order")
        return Notification(order, payment_id, provider_order_id=order_id)
