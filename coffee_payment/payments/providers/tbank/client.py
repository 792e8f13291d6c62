"""Calls of the TBank acquiring API: one-stage payments on the bank's own page."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from payments.html import web_address
from payments.links import notification_url, return_url
from payments.outgoing.errors import ProviderBadAnswer, ProviderRejected
from payments.outgoing.http import call_json, fields_of
from payments.providers.parsing import kopecks, payment_id_of, redirect_of, required
from payments.providers.payment import CURRENCY, FetchedPayment, NewPayment, PaymentState, StartedPayment
from payments.providers.tbank.order_ids import order_id_of_attempt
from payments.providers.tbank.tokens import token
from payments.user_messages import PAYMENT_DESCRIPTION

URL_NAME: Final = "tbank_payment_notification"
"""Of the route to which the bank sends notifications."""
PAYMENT_ID_LENGTH: Final = 20
DESCRIPTION_LENGTH: Final = 140

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
"""The bank's statuses that mean something here; all others are `other`."""
REFUNDED: Final = frozenset({"REFUNDED", "PARTIAL_REFUNDED", "REVERSED", "PARTIAL_REVERSED"})
FINAL: Final = REFUNDED | frozenset(
    {
        "CONFIRMED",
        "DEADLINE_EXPIRED",
        "ATTEMPTS_EXPIRED",
    }
)
"""After these no payment succeeds. After REJECTED, AUTH_FAIL and CANCELED the customer may still pay on the page."""


def start(credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
    """Call Init."""
    terminal, password = required(credentials, "terminal_key", "password")
    order_id = order_id_of_attempt(payment.order_id, payment.attempt_number)
    back = return_url(payment.order_id)
    parameters: dict[str, Any] = {
        "TerminalKey": terminal,
        "Amount": int(payment.amount),
        "OrderId": order_id,
        "Description": PAYMENT_DESCRIPTION.format(drink=payment.drink_name)[:DESCRIPTION_LENGTH],
        "PayType": "O",
        "SuccessURL": web_address(credentials.get("success_url")) or back,
        "FailURL": web_address(credentials.get("fail_url")) or back,
        "NotificationURL": notification_url(URL_NAME),
    }
    if payment.expires_at is not None:
        due = timezone.localtime(payment.expires_at, timezone.get_default_timezone())
        parameters["RedirectDueDate"] = due.isoformat(timespec="seconds")
    answer = _call("Init", parameters, password)
    payment_id = payment_id_of(answer.get("PaymentId"))
    if len(payment_id) > PAYMENT_ID_LENGTH:
        raise ProviderBadAnswer("the bank's payment id is too long")
    return StartedPayment(
        payment_id=payment_id,
        redirect_url=redirect_of(answer.get("PaymentURL")),
        provider_order_id=order_id,
    )


def fetch(credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
    """Call GetState."""
    terminal, password = required(credentials, "terminal_key", "password")
    parameters = {"TerminalKey": terminal, "PaymentId": payment_id_of(payment_id)}
    answer = _call("GetState", parameters, password)
    if str(answer.get("PaymentId")) != payment_id:
        raise ProviderBadAnswer("the answer is about another payment")
    return _fetched(answer, payment_id)


def check_order(credentials: Mapping[str, Any], order_id: str) -> list[FetchedPayment]:
    """Call CheckOrder: the payments with an OrderId; none when the bank does not know it."""
    terminal, password = required(credentials, "terminal_key", "password")
    try:
        answer = _call("CheckOrder", {"TerminalKey": terminal, "OrderId": order_id}, password)
    except ProviderRejected as error:
        if error.status is not None:
            raise
        return []
    payments = answer.get("Payments")
    if not isinstance(payments, list):
        raise ProviderBadAnswer("the answer has no list of payments")
    named = [{**fields_of(payment), "OrderId": order_id} for payment in payments]
    return [_fetched(payment, payment_id_of(payment.get("PaymentId"))) for payment in named]


def _fetched(answer: Mapping[str, Any], payment_id: str) -> FetchedPayment:
    status = answer.get("Status")
    if not isinstance(status, str):
        raise ProviderBadAnswer("the answer has no status")
    amount = kopecks(answer.get("Amount"))
    return FetchedPayment(
        payment_id=payment_id,
        state=STATES.get(status, PaymentState.OTHER),
        raw_status=status,
        order_id=str(answer.get("OrderId", "")),
        amount=amount,
        is_final=status in FINAL,
        is_refunded=status in REFUNDED,
        refunded=amount if status in ("REFUNDED", "REVERSED") else None,
        currency=CURRENCY,  # the bank's terminals here take rubles only and the answer names no currency
    )


def _call(method: str, parameters: dict[str, Any], password: str) -> dict[str, Any]:
    body = {**parameters, "Token": token(parameters, password)}
    answer = fields_of(call_json("POST", f"{settings.T_BANK_BASE_URL}/v2/{method}", body=body))
    if answer.get("Success") is not True:
        raise ProviderRejected(f"{method} refused with error code {str(answer.get('ErrorCode'))[:10]}")
    return answer
