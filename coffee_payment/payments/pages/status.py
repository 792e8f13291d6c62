"""The order's page, and the JSON state that it shows."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from payments import lookups
from payments.html import sanitised, web_address
from payments.models import Order
from payments.orders.initiation import PAYABLE
from payments.providers.credentials import find_credentials
from payments.providers.registry import find_provider, requires_receipt
from payments.request_data import is_storable
from payments.responses import (
    error_page,
    json_error,
    survives_database_loss,
    unavailable_json,
    unavailable_page,
)
from payments.user_messages import DRINK_SIZES, ERROR_MESSAGES, PAGE_TEXTS, STATUS_DESCRIPTIONS

KOPECKS_IN_RUBLE: Final = 100
DEVICE_TEXTS: Final = (
    "client_info",
    "client_info_pending",
    "client_info_paid",
    "client_info_not_paid",
    "client_info_make_pending",
    "client_info_manual_make",
    "client_info_successful",
    "client_info_make_failed",
)


CHANGING: Final = frozenset({Order.Status.PENDING, Order.Status.PAID, Order.Status.MAKE_PENDING})
"""Statuses that the page waits for the end of."""
ENDED: Final = frozenset(Order.Status) - CHANGING - PAYABLE


def find_order(order_id: str) -> Order | None:
    """Return an order with its device and merchant; None when there is none of this id."""
    if not is_storable(order_id):
        return None
    return lookups.ORDER_AND_MERCHANT.first(order_id)


@csrf_exempt
@require_safe
@survives_database_loss(unavailable_page)
def order_status_page(request: HttpRequest) -> HttpResponse:
    """Render the page. Its script fetches the order's state; without one the browser shows, and reloads, this one."""
    order_id = request.GET.get("order_id", "").strip()
    if not order_id:
        return error_page(request, ERROR_MESSAGES["missing_order_id"], 400)
    order = find_order(order_id)
    if order is None:
        return error_page(request, ERROR_MESSAGES["order_not_found"], 404)
    response = render(request, "payments/order_status_page.html", _shown(order))
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
@require_safe
@survives_database_loss(unavailable_json)
def get_order_status(_: HttpRequest, order_id: str) -> HttpResponse:
    """Return an order's state as JSON."""
    order = find_order(order_id)
    response = JsonResponse(_description(order)) if order else json_error("order_not_found", 404)
    response["Cache-Control"] = "no-store"
    return response


def _shown(order: Order) -> dict[str, Any]:
    """Return what the page shows without a script."""
    html = getattr(order.device, f"client_info_{order.status}", None)
    expired = order.status not in ENDED and order.is_expired()
    if order.status == Order.Status.MANUAL_MAKE and not html:
        text = PAGE_TEXTS["see_staff"]
    else:
        text = order.failed_presentation_desc or STATUS_DESCRIPTIONS.get(order.status, PAGE_TEXTS["created"])
    return {
        "order": order,
        "order_id": order.pk,
        "size": DRINK_SIZES.get(order.size, ""),
        "price": f"{order.price / KOPECKS_IN_RUBLE:.2f}".replace(".", ","),
        "text": PAGE_TEXTS["expired_warning"] if expired else text,
        "html": sanitised(order.device.client_info if order.status == Order.Status.CREATED else html),
        "is_payable": order.status in PAYABLE and not expired,
        "changes": order.status in CHANGING and not expired,
    }


def _description(order: Order) -> dict[str, Any]:
    device = order.device
    scenario = device.scenario if order.status in PAYABLE else order.scenario
    provider = find_provider(scenario)
    asks_email = provider is not None and provider.asks_email
    return {
        "order_id": order.pk,
        "status": order.status,
        "drink_name": order.drink_name,
        "drink_size": DRINK_SIZES.get(order.size, ""),
        "price": float(order.price / KOPECKS_IN_RUBLE),
        "expires_at": order.expires_at.isoformat() if order.expires_at else None,
        "payment_scenario": scenario,
        "asks_email": asks_email,
        "is_receipt_mandatory": asks_email and requires_receipt(find_credentials(order, scenario)),
        "failed_presentation_desc": order.failed_presentation_desc,
        "device": {
            "location": device.location,
            "logo_url": web_address(device.logo_url),
            **{name: sanitised(getattr(device, name)) for name in DEVICE_TEXTS},
        },
    }
