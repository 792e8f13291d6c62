"""What every payment provider has in common: the question asked and the answer trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, Protocol

from payments.html import web_address
from payments.services.errors import CredentialsMissing, ProviderBadAnswer

PAYMENT_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
"""What a provider's payment id must look like before it goes into a URL."""
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
    drink_meta: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class StartedPayment:
    """A payment that the provider accepted."""

    payment_id: str
    redirect_url: str
    provider_order_id: str
    receipt: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class FetchedPayment:
    """A payment as the provider describes it on being asked: the only answer that is trusted."""

    payment_id: str
    in_bank_ledger: bool = False
    """Whether TBankPayment has a row of it."""
    state: PaymentState
    raw_status: str
    order_id: str
    amount: Decimal | None
    """In kopecks."""
    currency: str
    receipt_registration: str | None = None


class Provider(Protocol):
    """A payment provider's client; it keeps nothing between calls."""

    def start(self, credentials: Mapping[str, Any], payment: NewPayment) -> StartedPayment:
        """Open a payment. Raises ``ProviderError``."""

    def fetch(self, credentials: Mapping[str, Any], payment_id: str) -> FetchedPayment:
        """Ask what became of a payment. Raises ``ProviderError``."""


def required(credentials: Mapping[str, Any], *names: str) -> list[str]:
    """Give the named credentials as text; raises ``CredentialsMissing`` for an empty one."""
    values = [credentials.get(name) for name in names]
    if missing := [name for name, value in zip(names, values, strict=True) if value in (None, "")]:
        raise CredentialsMissing(f"credentials lack {', '.join(missing)}")
    return [str(value) for value in values]


def payment_id_of(value: Any) -> str:
    """Give a provider's payment id as text, when it is one."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not PAYMENT_ID.fullmatch(text):
        raise ProviderBadAnswer("the answer has no proper payment id")
    return text


def redirect_of(value: Any) -> str:
    """Give the address to which the customer is sent, when a browser may open it."""
    if not isinstance(value, str) or not web_address(value):
        raise ProviderBadAnswer("the answer has no web address to send the customer to")
    return value


def kopecks(value: Any) -> Decimal | None:
    """Read an amount in kopecks; None when it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def fields_of(answer: Any) -> dict[str, Any]:
    """Give an answer's fields; raises ``ProviderBadAnswer`` when it is not a JSON object."""
    if not isinstance(answer, dict):
        raise ProviderBadAnswer("the answer is not a JSON object")
    return answer
