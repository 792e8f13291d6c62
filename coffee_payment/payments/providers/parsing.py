"""Reading a provider's answers and notifications, none of which is trusted."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from payments.html import web_address
from payments.outgoing.errors import CredentialsMissing, ProviderBadAnswer

PAYMENT_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
"""What a provider's payment id must look like before it goes into a URL."""


def required(credentials: Mapping[str, Any], *names: str) -> list[str]:
    """Return the named credentials as text. Raises `CredentialsMissing` if one is empty."""
    values = [credentials.get(name) for name in names]
    if missing := [name for name, value in zip(names, values, strict=True) if value in (None, "")]:
        raise CredentialsMissing(f"credentials lack {', '.join(missing)}")
    return [str(value) for value in values]


def payment_id_of(value: Any) -> str:
    """Return a provider's payment id as text. Raises `ProviderBadAnswer` if it is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not PAYMENT_ID.fullmatch(text):
        raise ProviderBadAnswer("the answer has no proper payment id")
    return text


def redirect_of(value: Any) -> str:
    """Return the URL for the customer. Raises `ProviderBadAnswer` if a browser may not open it."""
    if not isinstance(value, str) or not web_address(value):
        raise ProviderBadAnswer("the answer has no web address to send the customer to")
    return value


def kopecks(value: Any) -> Decimal | None:
    """Return an amount in kopecks; None when it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def text_of(source: Any, name: str) -> str:
    """Return a field as text if it is text or a whole number that the database can hold, else empty text."""
    value = source.get(name) if isinstance(source, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        text = str(value)
        text.encode()
    except ValueError:  # thousands of digits, or a lone surrogate
        return ""
    return "" if "\0" in text else text
