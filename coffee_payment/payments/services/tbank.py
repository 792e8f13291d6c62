"""TBank acquiring API v2 (https://www.tbank.ru/kassa/dev/payments/), one-stage payments."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from payments.html import web_address
from payments.services.errors import ProviderBadAnswer, ProviderRejected
from payments.services.http import call_json
from payments.services.links import return_url, tbank_notification_url
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

LONGEST_ORDER_ID: Final = 36
LONGEST_PAYMENT_ID: Final = 20
LONGEST_DESCRIPTION: Final = 140

STATES: Final = {
    "CONFIRMED": PaymentState.SUCCEEDED,
    **dict.fromkeys(
        ("REJECTED", "CANCELED", "AUTH_FAIL", "DEADLINE_EXPIRED", "ATTEMPTS_EXPIRED", "REVERSED"),
        PaymentState.CANCELED,
    ),
    **dict.fromkeys(
        (
            "NEW",
            "FORM_SHOWED",
            "AUTHORIZING",
            "AUTHORIZED",
            "3DS_CHECKING",
            "3DS_CHECKED",
            "CONFIRMING",
            "PREAUTHORIZING",
            "PAY_CHECKING",
        ),
        PaymentState.PENDING,
    ),
}
"""Every bank status that means something here; all others are ``other``."""


def token(parameters: Mapping[str, Any], password: str) -> str:
    """Sign parameters: the root's scalars but Token, with Password, by name, joined, SHA-256 in hex."""
    scalars = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in parameters.items()
        if name != "Token" and value is not None and not isinstance(value, dict | list)
    }
    scalars["Password"] = password
    joined = "".join(scalars[name] for name in sorted(scalars))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def is_signed(parameters: Mapping[str, Any], password: str) -> bool:
    """Tell, in constant time, whether a notification's Token is the merchant's."""
    given = str(parameters.get("Token", "")).encode("utf-8", "surrogatepass")
    return hmac.compare_digest(given, token(parameters, password).encode())


def order_id_of_attempt(order_id: str, number: int) -> str:
    """Give the OrderId of an attempt: unique per operation, as the bank wants it."""
    return order_id if number <= 1 else f"{order_id}-r{number}"


def is_order_id_of(bank_order_id: str, order_id: str) -> bool:
    """Tell whether an OrderId belongs to one of an order's attempts."""
    return bank_order_id == order_id or bool(
        re.fullmatch(re.escape(order_id) + r"-r[1-9][0-9]{0,8}", bank_order_id)
    )


class TBankClient:
    """Payments through the bank's own page."""

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Call Init. An OrderId that the bank would not take is a refusal for good."""
        terminal, password = required(credentials, "terminal_key", "password")
        order_id = order_id_of_attempt(payment.order_id, payment.attempt_number)
        if len(order_id) > LONGEST_ORDER_ID:
            raise ProviderRejected("the order id is longer than the bank allows")
        back = return_url(payment.order_id)
        parameters: dict[str, Any] = {
            "TerminalKey": terminal,
            "Amount": int(payment.amount),
            "OrderId": order_id,
            "Description": PAYMENT_DESCRIPTION.format(drink=payment.drink_name)[:LONGEST_DESCRIPTION],
            "PayType": "O",
            "SuccessURL": credentials.get("success_url") or back,
            "FailURL": credentials.get("fail_url") or back,
            "NotificationURL": tbank_notification_url(),
        }
        if payment.expires_at is not None:
            due = timezone.localtime(payment.expires_at, timezone.get_default_timezone())
            parameters["RedirectDueDate"] = due.isoformat(timespec="seconds")
        answer = _call("Init", parameters, password)
        payment_id = payment_id_of(answer.get("PaymentId"))
        if len(payment_id) > LONGEST_PAYMENT_ID:
            raise ProviderBadAnswer("the bank's payment id is too long")
        return StartedPayment(
            payment_id=payment_id,
            redirect_url=redirect_of(answer.get("PaymentURL")),
            provider_order_id=order_id,
        )

    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        """Call GetState."""
        terminal, password = required(credentials, "terminal_key", "password")
        parameters = {"TerminalKey": terminal, "PaymentId": payment_id_of(payment_id)}
        answer = _call("GetState", parameters, password)
        if str(answer.get("PaymentId")) != payment_id:
            raise ProviderBadAnswer("the answer is about another payment")
        status = answer.get("Status")
        if not isinstance(status, str):
            raise ProviderBadAnswer("the answer has no status")
        return FetchedPayment(
            payment_id=payment_id,
            in_bank_ledger=True,
            state=STATES.get(status, PaymentState.OTHER),
            raw_status=status,
            order_id=str(answer.get("OrderId", "")),
            amount=kopecks(answer.get("Amount")),
            currency=CURRENCY,  # the bank's terminals here take rubles only and the answer names no currency
        )


def storable_url(url: str, longest: int) -> str | None:
    """Give the payment page's address if the ledger's column can hold it."""
    return url if len(url) <= longest and web_address(url) else None


def _call(method: str, parameters: dict[str, Any], password: str) -> dict[str, Any]:
    body = {**parameters, "Token": token(parameters, password)}
    answer = fields_of(call_json("POST", f"{settings.T_BANK_BASE_URL}/v2/{method}", body=body))
    if answer.get("Success") is not True:
        raise ProviderRejected(f"{method} refused with error code {str(answer.get('ErrorCode'))[:10]}")
    return answer
