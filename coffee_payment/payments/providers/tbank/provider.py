"""The scenario TBank."""

from collections.abc import Mapping
from typing import Any

from payments.models import Order
from payments.providers.base import CredentialField, FieldType, Provider
from payments.providers.payment import FetchedPayment, NewPayment, StartedPayment
from payments.providers.tbank import client, ledger
from payments.providers.tbank.order_ids import (
    ORDER_ID_LENGTH,
    former_order_id_of_attempt,
    is_order_id_of,
    order_id_of_attempt,
)
from payments.providers.tbank.webhook import TBankWebhook


class TBankProvider(Provider):
    """Payments through the bank's own page."""

    scenario = "TBank"
    credential_fields = (
        CredentialField("terminal_key", required=True),
        CredentialField("password", required=True, secret=True),
        CredentialField("success_url", type=FieldType.URL),
        CredentialField("fail_url", type=FieldType.URL),
    )
    base_url_setting = "T_BANK_BASE_URL"
    webhook = TBankWebhook()

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Call Init. Raises `ProviderError`."""
        return client.start(credentials, payment)

    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        """Call GetState. Raises `ProviderError`."""
        return client.fetch(credentials, payment_id)

    def find_attempt(self, credentials: Mapping[str, Any], order: Order, number: int) -> list[FetchedPayment]:
        """Call CheckOrder with the OrderId of an attempt, then with its former form. Raises `ProviderError`."""
        found = client.check_order(credentials, order_id_of_attempt(order.pk, number))
        former = former_order_id_of_attempt(order.pk, number)
        if found or len(former) > ORDER_ID_LENGTH:
            return found
        return client.check_order(credentials, former)

    def stored_page(self, payment_id: str) -> str | None:
        """Return the PaymentURL that Init gave."""
        return ledger.page_of(payment_id)

    def owns_order_id(self, provider_order_id: str, order_id: str) -> bool:
        """Return whether an OrderId belongs to one of an order's attempts."""
        return is_order_id_of(provider_order_id, order_id)

    def store_attempt(self, order: Order, started: StartedPayment, email: str | None) -> None:  # noqa: ARG002
        """Add the bank's row. Raises `IntegrityError` if the bank gave the payment id before."""
        ledger.store(order, started)

    def update_ledger(self, order: Order, payment: FetchedPayment, *, successful: bool) -> None:  # noqa: ARG002
        """Store the end of the bank's payment."""
        ledger.update(payment, successful=successful)
