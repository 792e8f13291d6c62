"""YooKassa API v3 (https://yookassa.ru/developers/api), plain and with a fiscal receipt."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings

from payments.services.errors import ProviderBadAnswer, ProviderError, ProviderTimeout, ProviderUnavailable
from payments.services.http import call_json
from payments.services.links import return_url
from payments.services.payments import (
    CURRENCY,
    FetchedPayment,
    NewPayment,
    PaymentState,
    StartedPayment,
    fields_of,
    kopecks,
    payment_id_of,
    redirect_of,
    required,
)
from payments.user_messages import PAYMENT_DESCRIPTION

LONGEST_DESCRIPTION: Final = 128
KOPECKS_IN_RUBLE: Final = 100
ITEM_KEYS: Final = ("vat_code", "measure", "payment_subject", "payment_mode")
_SERVER_ERROR: Final = 500


class YookassaClient:
    """Payments in rubles, captured at once, confirmed by redirect."""

    def __init__(self, *, with_receipt: bool = False) -> None:
        """Choose between the scenarios Yookassa and YookassaReceipt."""
        self.with_receipt = with_receipt

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Create a payment, repeated once with the same key after a timeout or 5xx."""
        account, secret = required(credentials, "account_id", "secret_key")
        body = _creation(payment)
        receipt = _receipt(credentials, payment) if self.with_receipt and payment.email else None
        if receipt is not None:
            body["receipt"] = receipt

        def create() -> dict[str, Any]:
            answer = call_json(
                "POST",
                f"{settings.YOOKASSA_BASE_URL}/payments",
                body=body,
                headers={"Idempotence-Key": payment.attempt_id},
                auth=(account, secret),
            )
            return fields_of(answer)

        try:
            answer = create()
        except (ProviderTimeout, ProviderUnavailable) as error:
            if not _worth_repeating(error):
                raise
            answer = create()
        confirmation = answer.get("confirmation")
        return StartedPayment(
            payment_id=payment_id_of(answer.get("id")),
            redirect_url=redirect_of(fields_of(confirmation).get("confirmation_url")),
            provider_order_id=payment.order_id,
            receipt=receipt,
        )

    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        """Ask for one payment by its id."""
        account, secret = required(credentials, "account_id", "secret_key")
        payment_id_of(payment_id)
        url = f"{settings.YOOKASSA_BASE_URL}/payments/{quote(payment_id, safe='')}"
        answer = fields_of(call_json("GET", url, auth=(account, secret)))
        if answer.get("id") != payment_id:
            raise ProviderBadAnswer("the answer is about another payment")
        status = answer.get("status")
        if not isinstance(status, str):
            raise ProviderBadAnswer("the answer has no status")
        amount = answer.get("amount")
        metadata = answer.get("metadata")
        registration = answer.get("receipt_registration")
        return FetchedPayment(
            payment_id=payment_id,
            state=PaymentState(status) if status in _STATES else PaymentState.OTHER,
            raw_status=status,
            order_id=str(metadata.get("order_uuid", "")) if isinstance(metadata, dict) else "",
            amount=_amount(amount),
            currency=str(amount.get("currency", "")) if isinstance(amount, dict) else "",
            receipt_registration=registration if isinstance(registration, str) else None,
        )


_STATES: Final = frozenset({"pending", "succeeded", "canceled", "waiting_for_capture"})


def _worth_repeating(error: ProviderError) -> bool:
    return isinstance(error, ProviderTimeout) or (error.status or 0) >= _SERVER_ERROR


def _amount(value: Any) -> Decimal | None:
    rubles = kopecks(value.get("value")) if isinstance(value, dict) else None
    try:
        return None if rubles is None else rubles * KOPECKS_IN_RUBLE
    except ArithmeticError:  # more than a Decimal holds: no amount of ours
        return None


def _rubles(amount: Decimal) -> dict[str, str]:
    return {"value": f"{amount / KOPECKS_IN_RUBLE:.2f}", "currency": CURRENCY}


def _creation(payment: NewPayment) -> dict[str, Any]:
    return {
        "amount": _rubles(payment.amount),
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": return_url(payment.order_id)},
        "description": PAYMENT_DESCRIPTION.format(drink=payment.drink_name)[:LONGEST_DESCRIPTION],
        "metadata": {
            "order_uuid": payment.order_id,
            "drink_number": payment.drink_number or "",
            "size": str(payment.size - 1),
        },
    }


def _receipt(credentials: Mapping[str, Any], payment: NewPayment) -> dict[str, Any]:
    item: dict[str, Any] = {
        "description": payment.drink_name[:LONGEST_DESCRIPTION],
        "amount": _rubles(payment.amount),
        "quantity": 1,
    }
    meta = payment.drink_meta or {}
    for key in ITEM_KEYS:
        value = meta.get(key) if meta.get(key) not in (None, "") else credentials.get(key)
        if value not in (None, ""):
            item[key] = value
    receipt: dict[str, Any] = {"customer": {"email": payment.email}, "items": [item], "internet": False}
    for key in ("tax_system_code", "timezone"):
        if credentials.get(key) not in (None, ""):
            receipt[key] = credentials[key]
    return receipt
