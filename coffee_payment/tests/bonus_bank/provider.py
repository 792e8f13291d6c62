"""The scenario BonusBank: invoices, asked about by their number."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from payments.links import return_url
from payments.outgoing.http import call_json, fields_of
from payments.providers.base import CredentialField, FieldType, Provider
from payments.providers.parsing import kopecks, payment_id_of, redirect_of, required
from payments.providers.payment import FetchedPayment, NewPayment, PaymentState, StartedPayment

from tests.bonus_bank.webhook import BonusBankWebhook

STATES = {"open": PaymentState.PENDING, "paid": PaymentState.SUCCEEDED, "void": PaymentState.CANCELED}


class BonusBankProvider(Provider):
    """Takes a bearer token, signs its notifications with another secret, and prefixes order ids."""

    scenario = "BonusBank"
    credential_fields = (
        CredentialField("bonus_token", required=True, secret=True),
        CredentialField("bonus_signing_key", required=True, secret=True),
        CredentialField("bonus_shop_number", type=FieldType.NUMBER),
    )
    base_url_setting = "BONUS_BANK_BASE_URL"
    webhook = BonusBankWebhook()

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        body = {
            "reference": f"coffee:{payment.order_id}",
            "kopecks": int(payment.amount),
            "shop": credentials.get("bonus_shop_number"),
            "return_url": return_url(payment.order_id),
        }
        invoice = self._call("POST", "/invoices", credentials, body)
        return StartedPayment(
            payment_id=payment_id_of(invoice.get("number")),
            redirect_url=redirect_of(invoice.get("page")),
            provider_order_id=body["reference"],
        )

    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        invoice = self._call("GET", f"/invoices/{payment_id_of(payment_id)}", credentials)
        return FetchedPayment(
            payment_id=payment_id,
            state=STATES.get(str(invoice.get("state")), PaymentState.OTHER),
            raw_status=str(invoice.get("state")),
            order_id=str(invoice.get("reference")),
            amount=kopecks(invoice.get("kopecks")),
            currency="RUB",
        )

    def owns_order_id(self, provider_order_id: str, order_id: str) -> bool:
        return provider_order_id == f"coffee:{order_id}"

    def _call(
        self, method: str, path: str, credentials: Mapping[str, Any], body: Any = None
    ) -> dict[str, Any]:
        (token,) = required(credentials, "bonus_token")
        headers = {"Authorization": f"Bearer {token}"}
        return fields_of(call_json(method, settings.BONUS_BANK_BASE_URL + path, body=body, headers=headers))
