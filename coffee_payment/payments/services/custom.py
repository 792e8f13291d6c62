"""Scenario Custom: the customer pays on a foreign page, which gets the order in its query."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from payments.html import web_address
from payments.models import Order


def redirect_address(order: Order) -> str | None:
    """Give the foreign page's address with the order added to its query; None when the device has none."""
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
