"""The page that the device's `redirect_url` names."""

from collections.abc import Mapping
from typing import Any, Never
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from payments.html import web_address
from payments.models import Order
from payments.outgoing.errors import CredentialsMissing
from payments.providers.base import Provider
from payments.providers.payment import NewPayment


class CustomProvider(Provider):
    """Sends the customer away and hears nothing more about the payment."""

    scenario = "Custom"
    is_external = True

    def external_page(self, order: Order) -> str | None:
        """Return the device's `redirect_url` with the order added to its query; None without one."""
        address = web_address(order.device.redirect_url)
        if address is None:
            return None
        parts = urlsplit(address)
        query = [
            *parse_qsl(parts.query, keep_blank_values=True),
            ("order_id", order.pk),
            ("drink_name", order.drink_name),
            ("price", str(int(order.price))),
            ("size", str(order.size)),
            ("device_uuid", order.device.device_uuid),
            ("merchant_id", str(order.merchant_id)),
        ]
        return urlunsplit(parts._replace(query=urlencode(query)))

    def start(self, _credentials: Mapping[str, Any], _payment: NewPayment) -> Never:
        """Refuse: there is no API to call."""
        raise CredentialsMissing("an external page has no payments to start")

    def fetch(self, _credentials: Mapping[str, Any], _payment_id: str) -> Never:
        """Refuse: there is no API to call."""
        raise CredentialsMissing("an external page has no payments to ask about")
