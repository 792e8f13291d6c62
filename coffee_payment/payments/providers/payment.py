"""The payment that a provider gets, and the payment that it describes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

CURRENCY: Final = "RUB"


class PaymentState(StrEnum):
    """What a provider says about a payment, in the words of the order table."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    WAITING_FOR_CAPTURE = "waiting_for_capture"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class NewPayment:
    """One attempt to have an order paid."""

    attempt_id: str
    attempt_number: int
    order_id: str
    amount: Decimal
    """In kopecks, whole."""
    drink_name: str
    drink_number: str | None
    size: int
    expires_at: datetime | None
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartedPayment:
    """A payment that the provider accepted."""

    payment_id: str
    redirect_url: str
    provider_order_id: str
    details: Mapping[str, Any] = field(default_factory=dict)
    """For `Provider.store_attempt` of the same provider; nothing else reads it."""


@dataclass(frozen=True, kw_only=True)
class FetchedPayment:
    """A payment as the provider describes it on being asked: the only answer that is trusted."""

    payment_id: str
    state: PaymentState
    raw_status: str
    order_id: str
    amount: Decimal | None
    """In kopecks."""
    currency: str
    page: str | None = None
    """The URL of the page on which the customer may still pay, where the provider tells it."""
    is_final: bool = False
    """Whether the provider will never change this answer into a success."""
    is_refunded: bool = False
    """Whether the money, or a part of it, went back to the customer."""
    refunded: Decimal | None = None
    """How much, in kopecks, where the provider says it."""
    succeeded_at: datetime | None = None
    """When the customer paid, where the provider says it."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """For `Provider.update_ledger` of the same provider; nothing else reads it."""


@dataclass(frozen=True)
class PaymentPage:
    """A part of a provider's list of payments."""

    payments: list[FetchedPayment]
    next_cursor: str | None
    """What the next part is asked for with; None: this is the last one."""
