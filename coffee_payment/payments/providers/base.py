"""What a payment provider offers to the rest of the server."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.http import HttpRequest

from payments.models import Order
from payments.providers.payment import FetchedPayment, NewPayment, PaymentPage, StartedPayment


class FieldType(StrEnum):
    """What the admin form turns the text of a credential field into."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    URL = "url"


@dataclass(frozen=True)
class CredentialField:
    """One key of a merchant's credentials, as the admin form asks for it."""

    name: str
    required: bool = False
    secret: bool = False
    """Whether the form hides what is typed."""
    type: FieldType = FieldType.TEXT


class NotificationRefused(Exception):  # noqa: N818 - an answer to the provider, not a fault
    """The notification is not acted on; `status` is the HTTP answer, `message` a key of ERROR_MESSAGES."""

    def __init__(self, status: int, message: str, reason: str) -> None:
        """Keep the HTTP status, the text's key, and the reason for the log."""
        super().__init__(reason)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Notification:
    """A verified notification: the payment it names must be fetched before anything is believed."""

    order: Order
    """With `device` loaded."""
    payment_id: str
    provider_order_id: str
    """The order id that the provider's own answer must show."""


class Webhook(ABC):
    """Where and how a provider notifies this server."""

    path: ClassVar[str]
    """The URL path, without a slash at its beginning."""
    url_name: ClassVar[str]
    acknowledgement: ClassVar[str] = ""
    """The body of the answer 200 to a notification that was processed or ignored."""

    @abstractmethod
    def read(self, request: HttpRequest, body: Mapping[str, Any]) -> Notification | None:
        """Verify a notification and find its order; None when it is to be ignored.

        `body` is the decoded JSON or form; `request` has the headers and the bytes. Raises `NotificationRefused`.
        """


class Provider(ABC):
    """One scenario in which a device can take money. It keeps nothing between calls.

    A provider's folder may hold several of these, for example one with and one without fiscal receipts.
    """

    scenario: str
    """The value of `Device.payment_scenario` and `MerchantCredentials.scenario`."""
    credential_fields: tuple[CredentialField, ...] = ()
    base_url_setting: str | None = None
    """The setting that holds the base URL of the API; the system checks look at it."""
    webhook: Webhook | None = None
    is_external: bool = False
    """Whether the customer pays on a foreign page that never reports back to this server."""
    asks_email: bool = False
    """Whether the order's page asks the customer for an e-mail address."""

    @abstractmethod
    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Open a payment. Raises `ProviderError`."""

    @abstractmethod
    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        """Return the state of a payment. Raises `ProviderError`."""

    def find_attempt(
        self, _credentials: Mapping[str, Any], _order: Order, _number: int
    ) -> list[FetchedPayment]:
        """Return the payments of an attempt whose id was never stored, where the provider can be asked for them.

        `number` is that of the attempt, from 1. Raises `ProviderError`.
        """
        return []

    def stored_page(self, _payment_id: str) -> str | None:
        """Return the URL of the page of a started payment, where this server keeps it."""
        return None

    def requires_receipt(self, _credentials: Mapping[str, Any]) -> bool:
        """Return whether a payment needs the customer's e-mail address for a receipt."""
        return False

    def owns_order_id(self, provider_order_id: str, order_id: str) -> bool:
        """Return whether an order id that the provider uses belongs to one of an order's attempts."""
        return provider_order_id == order_id

    def external_page(self, _order: Order) -> str | None:
        """Return the URL of the page on which an external provider takes the money; None without one."""
        return None

    def store_attempt(self, order: Order, started: StartedPayment, email: str | None) -> None:  # noqa: B027 - most keep nothing
        """Store what only this provider keeps about a started payment; called within the transaction.

        Raises `IntegrityError` when the payment cannot be kept apart from an earlier one.
        """

    def update_ledger(self, order: Order, payment: FetchedPayment, *, successful: bool) -> None:  # noqa: B027 - most keep nothing
        """Store a final answer in the rows that only this provider keeps; called within the transaction."""


class ListingProvider(Provider):
    """A provider that lists the payments of an account. The others are asked about each attempt."""

    @abstractmethod
    def account(self, credentials: Mapping[str, Any]) -> str:
        """Return the name of the account that is listed: merchants and scenarios may share one."""

    @abstractmethod
    def list_page(
        self, credentials: Mapping[str, Any], since: datetime, until: datetime, cursor: str | None
    ) -> PaymentPage:
        """Return a part of the payments that were created from one time to another. Raises `ProviderError`."""
