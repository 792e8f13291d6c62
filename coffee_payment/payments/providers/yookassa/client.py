"""Calls of the YooKassa API: payments in rubles, captured at once, confirmed by redirect."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings

from payments.html import web_address
from payments.links import return_url
from payments.outgoing.errors import ProviderBadAnswer, ProviderError, ProviderTimeout, ProviderUnavailable
from payments.outgoing.http import call_json, fields_of
from payments.providers.parsing import kopecks, payment_id_of, redirect_of, required, text_of
from payments.providers.payment import (
    CURRENCY,
    FetchedPayment,
    NewPayment,
    PaymentPage,
    PaymentState,
    StartedPayment,
)
from payments.user_messages import PAYMENT_DESCRIPTION

DESCRIPTION_LENGTH: Final = 128
KOPECKS_IN_RUBLE: Final = 100
PAGE_LENGTH: Final = 100
"""The API's own limit."""
_SERVER_ERROR: Final = 500


def start(
    credentials: Mapping[str, Any], payment: NewPayment, receipt: Mapping[str, Any] | None = None
) -> StartedPayment:
    """Create a payment; after a timeout or 5xx it is repeated once with the same idempotence key."""
    account, secret = required(credentials, "account_id", "secret_key")
    body = _creation(payment) | ({"receipt": receipt} if receipt is not None else {})

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
        if not _is_worth_repeating(error):
            raise
        answer = create()
    confirmation = answer.get("confirmation")
    return StartedPayment(
        payment_id=payment_id_of(answer.get("id")),
        redirect_url=redirect_of(fields_of(confirmation).get("confirmation_url")),
        provider_order_id=payment.order_id,
        details={"receipt": receipt},
    )


def fetch(credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
    """Ask for one payment by its id."""
    account, secret = required(credentials, "account_id", "secret_key")
    payment_id_of(payment_id)
    url = f"{settings.YOOKASSA_BASE_URL}/payments/{quote(payment_id, safe='')}"
    answer = fields_of(call_json("GET", url, auth=(account, secret)))
    if answer.get("id") != payment_id:
        raise ProviderBadAnswer("the answer is about another payment")
    return _fetched(answer)


def list_page(
    credentials: Mapping[str, Any], since: datetime, until: datetime, cursor: str | None
) -> PaymentPage:
    """Return a part of the account's payments by their time of creation, newest first.

    https://yookassa.ru/developers/api#get_payments_list
    """
    account, secret = required(credentials, "account_id", "secret_key")
    query = {
        "created_at.gte": _moment(since),
        "created_at.lt": _moment(until),
        "limit": str(PAGE_LENGTH),
        **({"cursor": cursor} if cursor else {}),
    }
    url = f"{settings.YOOKASSA_BASE_URL}/payments?{urlencode(query)}"
    answer = fields_of(call_json("GET", url, auth=(account, secret)))
    items, following = answer.get("items"), answer.get("next_cursor")
    if not isinstance(items, list) or not isinstance(following, str | None):
        raise ProviderBadAnswer("the list of payments cannot be read")
    return PaymentPage([_fetched(fields_of(item)) for item in items], following)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fetched(answer: Mapping[str, Any]) -> FetchedPayment:
    status = answer.get("status")
    if not isinstance(status, str):
        raise ProviderBadAnswer("the answer has no status")
    amount = answer.get("amount")
    metadata = answer.get("metadata")
    registration = answer.get("receipt_registration")
    refunded = _amount(answer.get("refunded_amount"))
    confirmation = answer.get("confirmation")
    return FetchedPayment(
        payment_id=payment_id_of(answer.get("id")),
        state=PaymentState(status) if status in _STATES else PaymentState.OTHER,
        raw_status=status,
        order_id=text_of(metadata, "order_uuid"),
        amount=_amount(amount),
        currency=str(amount.get("currency", "")) if isinstance(amount, dict) else "",
        page=web_address(confirmation.get("confirmation_url")) if isinstance(confirmation, dict) else None,
        is_final=status in _FINAL,
        is_refunded=bool(refunded),
        refunded=refunded or None,
        succeeded_at=_time(answer.get("captured_at")),
        details={"receipt_registration": registration} if isinstance(registration, str) else {},
    )


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return time if time is not None and time.tzinfo is not None else None


def rubles(kopecks: Decimal) -> dict[str, str]:
    """Return an amount as the API takes it."""
    return {"value": f"{kopecks / KOPECKS_IN_RUBLE:.2f}", "currency": CURRENCY}


_STATES: Final = frozenset({"pending", "succeeded", "canceled", "waiting_for_capture"})
_FINAL: Final = frozenset({"succeeded", "canceled"})
"""https://yookassa.ru/developers/payment-acceptance/getting-started/payment-process: these never change."""


def _is_worth_repeating(error: ProviderError) -> bool:
    return isinstance(error, ProviderTimeout) or (error.status or 0) >= _SERVER_ERROR


def _amount(value: Any) -> Decimal | None:
    number = kopecks(value.get("value")) if isinstance(value, dict) else None
    try:
        return None if number is None else number * KOPECKS_IN_RUBLE
    except ArithmeticError:  # more than a Decimal holds, so not the amount of an order
        return None


def _creation(payment: NewPayment) -> dict[str, Any]:
    return {
        "amount": rubles(payment.amount),
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": return_url(payment.order_id)},
        "description": PAYMENT_DESCRIPTION.format(drink=payment.drink_name)[:DESCRIPTION_LENGTH],
        "metadata": {
            "order_uuid": payment.order_id,
            "drink_number": payment.drink_number or "",
            "size": str(payment.size - 1),
        },
    }
