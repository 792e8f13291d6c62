"""A merchant's credentials for the scenario of an order."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from payments import lookups
from payments.models import MerchantCredentials, Order
from payments.outgoing.errors import CredentialsMissing

logger = logging.getLogger(__name__)


def find_credentials(order: Order, scenario: str | None = None) -> MerchantCredentials | None:
    """Return the row of an order's merchant and a scenario, by default the order's (`device` loaded; one query).

    The merchant is the order's own: a machine may be sold while a payment is pending. Credentials that no key
    decrypts count as missing, and the log says why.
    """
    try:
        return lookups.CREDENTIALS.first(order.merchant_id, scenario or order.scenario)
    except ImproperlyConfigured:
        logger.exception("credentials cannot be read", extra={"order_id": order.pk})
        return None


def require_credentials(row: MerchantCredentials | None) -> Mapping[str, Any]:
    """Return the credentials in a row. Raises `CredentialsMissing` if there are none."""
    if row is None or not isinstance(row.credentials, dict) or not row.credentials:
        raise CredentialsMissing("the merchant has no credentials for this scenario")
    return row.credentials
