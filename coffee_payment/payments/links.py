"""Absolute and relative URLs of this server, as providers and customers need them."""

from urllib.parse import quote

from django.conf import settings
from django.urls import reverse


def status_page(order_id: str) -> str:
    """Return the path of an order's status page."""
    return f"{reverse('order_status_page')}?order_id={quote(order_id, safe='')}"


def return_url(order_id: str) -> str:
    """Return the URL to which a provider sends the customer back."""
    return f"https://{settings.BASE_URL}{status_page(order_id)}"


def notification_url(url_name: str) -> str:
    """Return the URL to which a provider sends notifications."""
    return f"https://{settings.BASE_URL}{reverse(url_name)}"
