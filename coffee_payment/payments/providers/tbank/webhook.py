"""The bank's notifications: signed with the merchant's password, and answered with `OK`."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest

from payments.models import Payment, TBankPayment
from payments.outgoing.errors import CredentialsMissing
from payments.providers.base import Notification, NotificationRefused, Webhook
from payments.providers.credentials import find_credentials, require_credentials
from payments.providers.parsing import PAYMENT_ID, text_of
from payments.providers.tbank.client import URL_NAME
from payments.providers.tbank.tokens import is_signed
from payments.statements import Read

_BANK_PAYMENT: Final = Read(lambda payment: TBankPayment.objects.filter(payment_id=payment))
_ATTEMPT: Final = Read(
    lambda payment: (
        Payment.objects.select_related("order__device").filter(transaction_id=payment).order_by("pk")[:1]
    )
)


class TBankWebhook(Webhook):
    """`{PaymentId, OrderId, Token, ...}`; the ledger says which order the payment is for."""

    path = "v1/tbank-pay-webhook"
    url_name = URL_NAME
    acknowledgement = "OK"

    def read(self, _request: HttpRequest, body: Mapping[str, Any]) -> Notification:
        """Find the payment in the ledger and check the signature. Raises `NotificationRefused`."""
        payment_id = text_of(body, "PaymentId")
        if not PAYMENT_ID.fullmatch(payment_id):
            raise NotificationRefused(400, "invalid_request", "no proper payment id")
        bank_payment = _BANK_PAYMENT.first(payment_id)
        attempt = _ATTEMPT.first(payment_id) if bank_payment is not None else None
        if attempt is None or bank_payment is None:
            raise NotificationRefused(404, "order_not_found", "unknown payment")
        order = attempt.order
        try:
            password = str(require_credentials(find_credentials(order, attempt.scenario)).get("password", ""))
        except CredentialsMissing as error:
            raise NotificationRefused(503, "missing_credentials", str(error)) from error
        if not password or not is_signed(body, password):
            raise NotificationRefused(400, "invalid_request", "wrong token")
        if text_of(body, "OrderId") != bank_payment.order_id:
            raise NotificationRefused(400, "invalid_request", "another order id")
        return Notification(order, payment_id, provider_order_id=bank_payment.order_id)
