"""Fiscal receipts: built from the drink and the merchant's credentials, kept in the Receipt table."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from payments.models import Drink, Order, Receipt
from payments.providers.payment import FetchedPayment, NewPayment, StartedPayment
from payments.providers.yookassa.client import DESCRIPTION_LENGTH, rubles

logger = logging.getLogger(__name__)

ITEM_KEYS: Final = ("vat_code", "measure", "payment_subject", "payment_mode")
"""Of one sold item: from the drink, or else from the credentials."""
_STATUSES: Final = {"succeeded": Receipt.Status.SENT, "canceled": Receipt.Status.FAILED}
"""YooKassa's `receipt_registration` -> ours."""


def is_mandatory(credentials: Mapping[str, Any]) -> bool:
    """Return whether the customer must give an e-mail address."""
    value = credentials.get("is_receipt_mandatory", False)
    return value is True or str(value).lower() in {"true", "1", "yes"}


def build(credentials: Mapping[str, Any], payment: NewPayment) -> dict[str, Any]:
    """Return the receipt as the API takes it."""
    item: dict[str, Any] = {
        "description": payment.drink_name[:DESCRIPTION_LENGTH],
        "amount": rubles(payment.amount),
        "quantity": 1,
    }
    meta = _drink_meta(payment.drink_number)
    for key in ITEM_KEYS:
        value = meta.get(key) if meta.get(key) not in (None, "") else credentials.get(key)
        if value not in (None, ""):
            item[key] = value
    receipt: dict[str, Any] = {"customer": {"email": payment.email}, "items": [item], "internet": False}
    for key in ("tax_system_code", "timezone"):
        if credentials.get(key) not in (None, ""):
            receipt[key] = credentials[key]
    return receipt


def store(order: Order, started: StartedPayment, email: str | None) -> None:
    """Store the receipt that went out with a payment; a failure is logged and does not stop the payment."""
    receipt = started.details.get("receipt")
    if receipt is None or not email:
        return
    try:
        with transaction.atomic():
            Receipt.objects.create(
                order=order,
                contact=email,
                drink_no=order.drink_number,
                amount=order.price,
                receipt_data=receipt,
                status=Receipt.Status.PENDING,
            )
    except Exception:
        logger.exception("receipt not saved", extra={"order_id": order.pk})


def update(order: Order, payment: FetchedPayment) -> None:
    """Store the state of the receipt, if the answer has one."""
    status = _STATUSES.get(payment.details.get("receipt_registration", ""))
    if status is not None:
        sent_at = timezone.now() if status == Receipt.Status.SENT else None
        order.receipts.filter(status=Receipt.Status.PENDING).update(status=status, sent_at=sent_at)


def _drink_meta(drink_number: str | None) -> Mapping[str, Any]:
    drink = Drink.objects.filter(pk=drink_number).first() if drink_number else None
    return drink.meta if drink is not None and isinstance(drink.meta, dict) else {}
