"""How devices take money: the scenarios, their providers, and a merchant's keys for them."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from payments.models import Device, MerchantCredentials, Order
from payments.services.errors import CredentialsMissing
from payments.services.payments import Provider
from payments.services.tbank import TBankClient
from payments.services.yookassa import YookassaClient

logger = logging.getLogger(__name__)

YOOKASSA: Final = "Yookassa"
YOOKASSA_RECEIPT: Final = "YookassaReceipt"
TBANK: Final = "TBank"
CUSTOM: Final = "Custom"

PROVIDERS: Final[Mapping[str, Provider]] = {
    YOOKASSA: YookassaClient(),
    YOOKASSA_RECEIPT: YookassaClient(with_receipt=True),
    TBANK: TBankClient(),
}
"""The scenarios that have a provider: all of them can be polled. Custom has none."""


def polled_scenarios() -> list[str]:
    """Give the values of ``Device.payment_scenario`` whose orders can be polled."""
    default = [""] if settings.DEFAULT_PAYMENT_SCENARIO in PROVIDERS else []
    return [*PROVIDERS, *default]


def provider_of(device: Device) -> Provider:
    """Give the client of a device's scenario; raises ``CredentialsMissing`` when it has none."""
    provider = PROVIDERS.get(device.scenario)
    if provider is None:
        raise CredentialsMissing(f"scenario {device.scenario[:50]!r} has no provider")
    return provider


def find_credentials(order: Order) -> MerchantCredentials | None:
    """Give the row of an order's merchant and its device's scenario (``device`` loaded; one query).

    The merchant is the order's own: a machine may be sold while a payment is under way. What no key decrypts is
    as good as missing: the order goes the way of those without credentials, and the log says why.
    """
    rows = MerchantCredentials.objects.filter(merchant_id=order.merchant_id, scenario=order.device.scenario)
    try:
        return rows.first()
    except ImproperlyConfigured:
        logger.exception("credentials cannot be read", extra={"order_id": order.pk})
        return None


def keys_of(row: MerchantCredentials | None) -> Mapping[str, Any]:
    """Give the keys in a row; raises ``CredentialsMissing`` when there are none."""
    if row is None or not isinstance(row.credentials, dict) or not row.credentials:
        raise CredentialsMissing("the merchant has no credentials for this scenario")
    return row.credentials


def wants_receipt(row: MerchantCredentials | None) -> bool:
    """Tell whether the customer must give an e-mail for the receipt."""
    if row is None or row.scenario != YOOKASSA_RECEIPT or not isinstance(row.credentials, dict):
        return False
    value = row.credentials.get("is_receipt_mandatory", False)
    return value is True or str(value).lower() in {"true", "1", "yes"}
