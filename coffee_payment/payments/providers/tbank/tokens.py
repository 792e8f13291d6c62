"""The bank's signature of requests and notifications (https://www.tbank.ru/kassa/dev/payments/)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any


def token(parameters: Mapping[str, Any], password: str) -> str:
    """Return the signature of parameters.

    The values of all scalars of the root except Token, and the password, sorted by name, joined, SHA-256 in hex.
    """
    scalars = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in parameters.items()
        if name != "Token" and value is not None and not isinstance(value, dict | list)
    }
    scalars["Password"] = password
    joined = "".join(scalars[name] for name in sorted(scalars))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def is_signed(parameters: Mapping[str, Any], password: str) -> bool:
    """Return whether a notification's Token is the merchant's, compared in constant time."""
    given = str(parameters.get("Token", "")).encode("utf-8", "surrogatepass")
    return hmac.compare_digest(given, token(parameters, password).encode())
