"""Providers' notifications: each only a hint, upon which the payment that it names is fetched."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from payments.models import Order, Payment, TBankPayment
from payments.services import outcomes, tbank
from payments.services.errors import CredentialsMissing, ProviderError, ProviderRejected
from payments.services.payments import PAYMENT_ID
from payments.services.scenarios import PROVIDERS, TBANK, YOOKASSA, find_credentials, keys_of

logger = logging.getLogger(__name__)

_UNKNOWN_PAYMENT: Final = frozenset({None, 400, 404, 422})
"""With these the provider refuses the question itself; 401 and 403 refuse us, which staff can mend."""


class NotificationRefused(Exception):  # noqa: N818 - an answer, not a fault
    """The notification is not acted on; ``status`` answers it, ``message`` is a key of ERROR_MESSAGES."""

    def __init__(self, status: int, message: str, reason: str) -> None:
        """Keep the HTTP status, the text's key, and the reason for the log."""
        super().__init__(reason)
        self.status = status
        self.message = message


def receive_yookassa(body: Any) -> None:
    """Act on a YooKassa notification. Raises ``NotificationRefused``."""
    event, payment = (body.get("event"), body.get("object")) if isinstance(body, dict) else (None, None)
    if not isinstance(event, str):
        raise NotificationRefused(400, "invalid_request", "no event")
    if not event.startswith("payment."):
        logger.info("notification ignored", extra={"event": event[:50]})
        return
    payment_id = _text(payment, "id")
    order_id = _text(payment.get("metadata"), "order_uuid") if isinstance(payment, dict) else ""
    if not PAYMENT_ID.fullmatch(payment_id) or not order_id:
        raise NotificationRefused(400, "invalid_request", "no proper payment id or order id")
    order = _find_order(order_id)
    _settle(order, payment_id, provider_order_id=order_id, family=YOOKASSA)


def receive_tbank(body: Any) -> None:
    """Act on a TBank notification. Raises ``NotificationRefused``."""
    payment_id = _text(body, "PaymentId")
    if not PAYMENT_ID.fullmatch(payment_id):
        raise NotificationRefused(400, "invalid_request", "no proper payment id")
    bank_payment = TBankPayment.objects.filter(payment_id=payment_id).first()
    attempt = (
        Payment.objects.select_related("order__device").filter(transaction_id=payment_id).first()
        if bank_payment is not None
        else None
    )
    if attempt is None or bank_payment is None:
        raise NotificationRefused(404, "order_not_found", "unknown payment")
    order = attempt.order
    try:
        password = str(keys_of(find_credentials(order)).get("password", ""))
    except CredentialsMissing as error:
        raise NotificationRefused(503, "missing_credentials", str(error)) from error
    if not password or not tbank.is_signed(body, password):
        raise NotificationRefused(400, "invalid_request", "wrong token")
    if _text(body, "OrderId") != bank_payment.order_id:
        raise NotificationRefused(400, "invalid_request", "another order id")
    _settle(order, payment_id, provider_order_id=bank_payment.order_id, family=TBANK)


def _text(source: Any, name: str) -> str:
    """Give a field as text, when it is text or a whole number that fits the database."""
    value = source.get(name) if isinstance(source, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        text = str(value)
        text.encode()
    except ValueError:  # thousands of digits, or a lone surrogate
        return ""
    return "" if "\0" in text else text


def _find_order(order_id: str) -> Order:
    order = Order.objects.select_related("device").filter(pk=order_id).first()
    if order is None:
        raise NotificationRefused(404, "order_not_found", "unknown order")
    return order


def _settle(order: Order, payment_id: str, *, provider_order_id: str, family: str) -> None:
    """Ask the provider about the payment and act on its answer."""
    if order.status in outcomes.MONEY_TAKEN and order.payment_reference_id == payment_id:
        return
    if not order.device.scenario.startswith(family):
        raise NotificationRefused(400, "invalid_request", "the device does not use this provider")
    try:
        payment = PROVIDERS[order.device.scenario].fetch(keys_of(find_credentials(order)), payment_id)
    except ProviderRejected as error:
        unknown = error.status in _UNKNOWN_PAYMENT
        raise NotificationRefused(
            400 if unknown else 503, "invalid_request" if unknown else "service_unavailable", str(error)
        ) from error
    except ProviderError as error:
        raise NotificationRefused(503, "service_unavailable", str(error)) from error
    if not outcomes.is_about(payment, order, provider_order_id):
        raise NotificationRefused(400, "invalid_request", "the payment is not this order's")
    outcomes.apply(order, payment)
