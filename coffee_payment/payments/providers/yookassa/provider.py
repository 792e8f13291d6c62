"""The two scenarios of YooKassa."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from payments.models import Order
from payments.providers.base import CredentialField, FieldType, ListingProvider
from payments.providers.payment import FetchedPayment, NewPayment, PaymentPage, StartedPayment
from payments.providers.yookassa import client, receipts
from payments.providers.yookassa.webhook import YookassaWebhook

ACCOUNT_FIELDS: Final[tuple[CredentialField, ...]] = (
    CredentialField("account_id", required=True),
    CredentialField("secret_key", required=True, secret=True),
)
RECEIPT_FIELDS: Final = (
    CredentialField("is_receipt_mandatory", type=FieldType.BOOLEAN),
    CredentialField("tax_system_code", type=FieldType.NUMBER),
    CredentialField("timezone", type=FieldType.NUMBER),
    CredentialField("vat_code", type=FieldType.NUMBER),
    CredentialField("measure"),
    CredentialField("payment_subject"),
    CredentialField("payment_mode"),
)
_WEBHOOK: Final = YookassaWebhook()


class YookassaProvider(ListingProvider):
    """Payments without a receipt."""

    scenario = "Yookassa"
    credential_fields = ACCOUNT_FIELDS
    base_url_setting = "YOOKASSA_BASE_URL"
    webhook = _WEBHOOK

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Create a payment. Raises `ProviderError`."""
        return client.start(credentials, payment)

    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        """Ask for a payment by its id. Raises `ProviderError`."""
        return client.fetch(credentials, payment_id)

    def account(self, credentials: Mapping[str, Any]) -> str:
        """Return the account's id: both scenarios may share one."""
        return f"yookassa {credentials.get('account_id')}"

    def list_page(
        self, credentials: Mapping[str, Any], since: datetime, until: datetime, cursor: str | None
    ) -> PaymentPage:
        """Return a part of the account's payments. Raises `ProviderError`."""
        return client.list_page(credentials, since, until, cursor)

    def update_ledger(self, order: Order, payment: FetchedPayment, *, successful: bool) -> None:  # noqa: ARG002
        """Store whether the receipt was registered: a receipt may be older than the device's scenario."""
        receipts.update(order, payment)


class YookassaReceiptProvider(YookassaProvider):
    """Payments with a fiscal receipt for every customer who gives an e-mail address."""

    scenario = "YookassaReceipt"
    credential_fields = (*ACCOUNT_FIELDS, *RECEIPT_FIELDS)
    asks_email = True

    def requires_receipt(self, credentials: Mapping[str, Any]) -> bool:
        """Return the credentials' `is_receipt_mandatory`."""
        return receipts.is_mandatory(credentials)

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Create a payment, with a receipt if there is an address to send it to. Raises `ProviderError`."""
        return client.start(
            credentials, payment, receipts.build(credentials, payment) if payment.email else None
        )

    def store_attempt(self, order: Order, started: StartedPayment, email: str | None) -> None:
        """Store the receipt that was sent with the payment."""
        receipts.store(order, started, email)
