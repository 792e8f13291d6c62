"""The customer's way: scan, page, payment, status (design: domain.md section 5)."""

import logging
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_safe

from payments.answers import (
    error_page,
    json_error,
    survives_database_loss,
    unavailable_json,
    unavailable_page,
)
from payments.html import sanitised, web_address
from payments.models import Device, Order
from payments.parameters import body_of, is_storable
from payments.services import tmetr
from payments.services.errors import ProviderError
from payments.services.initiation import Refusal, initiate, redirect_custom
from payments.services.links import status_page
from payments.services.scenarios import CUSTOM, PROVIDERS, YOOKASSA_RECEIPT, find_credentials, wants_receipt
from payments.services.validation import Validation, execute_validation_chain, validate_order
from payments.user_messages import DRINK_SIZES, ERROR_MESSAGES

logger = logging.getLogger(__name__)

PARAMETERS: Final = ("deviceUuid", "drinkName", "drinkNo", "uuid", "size")
SIZES: Final = {"0": Order.Size.SMALL, "1": Order.Size.MEDIUM, "2": Order.Size.LARGE}
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


class _Refused(Exception):  # noqa: N818 - an answer to the customer, not a fault
    """The scan ends on the error page."""

    def __init__(self, text: str, status: int, device: Device | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.device = device


@csrf_exempt
@require_GET
@survives_database_loss(unavailable_page)
def process_payment_flow(request: HttpRequest) -> HttpResponse:
    """Take a scan of a QR code: create the order, or find it again, and send the customer on."""
    scan = {name: request.GET.get(name, "").strip() for name in PARAMETERS}
    try:
        device = _device_of(scan)
        order = _order_of(scan, device, request.GET.dict())
        return HttpResponseRedirect(_next_address(order))
    except _Refused as refused:
        return error_page(request, refused.text, refused.status, refused.device, scan["deviceUuid"])


def _device_of(scan: dict[str, str]) -> Device:
    if problem := _problem(scan):
        raise _Refused(ERROR_MESSAGES[problem], 400)
    device = Device.objects.select_related("merchant").filter(device_uuid=scan["deviceUuid"]).first()
    if device is None:
        raise _Refused(ERROR_MESSAGES["device_not_found"], 404)
    return device


def _order_of(scan: dict[str, str], device: Device, parameters: dict[str, Any]) -> Order:
    is_test = device.status == Device.Status.TEST
    found = execute_validation_chain(parameters, device.device_uuid, scan["uuid"], is_test_device=is_test)
    if not found.valid:
        raise _Refused(str(found.error_message), 400, device)
    if not device.merchant.is_active():
        raise _Refused(ERROR_MESSAGES["merchant_expired"], 403, device)
    if found.existing_order is not None:
        return found.existing_order
    try:
        price = tmetr.send_static_drink(device.device_uuid, scan["drinkNo"], SIZES[scan["size"]])
    except ProviderError as error:
        logger.warning("no price", extra={"device_id": device.device_uuid, "reason": str(error)})
        raise _Refused(ERROR_MESSAGES["service_unavailable"], 503, device) from error
    created = _create_order(scan, device, price)
    if created.existing_order is None:
        raise _Refused(str(created.error_message), 400, device)
    return created.existing_order


def _problem(scan: dict[str, str]) -> str | None:
    """Name what is wrong with a scan's parameters, before anything is looked up."""
    if not all(scan.values()):
        return "missing_parameters"
    if scan["size"] not in SIZES:
        return "invalid_request"
    if not is_storable(scan["uuid"]) or "/" in scan["uuid"]:  # one segment of a path has to hold it
        return "invalid_order_id"
    return None if all(map(is_storable, scan.values())) else "invalid_request"


def _create_order(scan: dict[str, str], device: Device, price: Any) -> Validation:
    """Create the order; when another scan was quicker, go on with its order by the chain's rule."""
    order = Order(
        id=scan["uuid"],
        drink_name=scan["drinkName"],
        drink_number=scan["drinkNo"],
        device=device,
        merchant=device.merchant,
        size=SIZES[scan["size"]],
        price=price,
        status=Order.Status.CREATED,
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        other = Order.objects.select_related("device", "merchant").filter(pk=order.pk).first()
        if other is None:
            raise
        return validate_order(other, device.device_uuid)
    return Validation(valid=True, existing_order=order)


def _next_address(order: Order) -> str:
    scenario = order.device.scenario
    if scenario == CUSTOM and order.status == Order.Status.CREATED:
        try:
            return redirect_custom(order)
        except Refusal as refusal:
            raise _Refused(ERROR_MESSAGES[refusal.message], refusal.status, order.device) from refusal
    if scenario not in PROVIDERS and scenario != CUSTOM:
        raise _Refused(ERROR_MESSAGES["missing_credentials"], 503, order.device)
    return status_page(order.pk)


@csrf_exempt
@never_cache
@survives_database_loss(unavailable_json)
def initiate_payment(request: HttpRequest) -> HttpResponse:
    """Start a payment: JSON or form ``{order_id, email?}`` -> ``{redirect_url}`` or ``{error}``."""
    body = body_of(request) if request.method == "POST" else None
    if not isinstance(body, dict):
        return json_error("invalid_request", 400)
    order_id, email = body.get("order_id"), body.get("email")
    if order_id is None or order_id == "":
        return json_error("missing_order_id", 400)
    if not isinstance(order_id, str):
        return json_error("invalid_request", 400)
    order = _find_order(order_id)
    if order is None:
        return json_error("order_not_found", 404)
    if email is not None and not isinstance(email, str):
        email = "-"  # refused as malformed, in its turn
    try:
        return JsonResponse({"redirect_url": initiate(order, (email or "").strip() or None)})
    except Refusal as refusal:
        return json_error(refusal.message, refusal.status)


def _find_order(order_id: str) -> Order | None:
    if not is_storable(order_id):
        return None
    return Order.objects.select_related("device").filter(pk=order_id).first()


@csrf_exempt
@require_safe
@survives_database_loss(unavailable_page)
def order_status_page(request: HttpRequest) -> HttpResponse:
    """Show the page that fetches an order's state by itself: it holds nothing but the order's id."""
    order_id = request.GET.get("order_id", "").strip()
    if not order_id:
        return error_page(request, ERROR_MESSAGES["missing_order_id"], 400)
    if not is_storable(order_id) or not Order.objects.filter(pk=order_id).exists():
        return error_page(request, ERROR_MESSAGES["order_not_found"], 404)
    return render(request, "payments/order_status_page.html", {"order_id": order_id})


@csrf_exempt
@require_safe
@survives_database_loss(unavailable_json)
def get_order_status(_: HttpRequest, order_id: str) -> HttpResponse:
    """Give an order's state as JSON."""
    order = _find_order(order_id)
    response = JsonResponse(_description(order)) if order else json_error("order_not_found", 404)
    response["Cache-Control"] = "no-store"
    return response


def _description(order: Order) -> dict[str, Any]:
    device = order.device
    credentials = find_credentials(order) if device.scenario == YOOKASSA_RECEIPT else None
    return {
        "order_id": order.pk,
        "status": order.status,
        "drink_name": order.drink_name,
        "drink_size": DRINK_SIZES.get(order.size, ""),
        "price": float(order.price / KOPECKS_IN_RUBLE),
        "expires_at": order.expires_at.isoformat() if order.expires_at else None,
        "payment_scenario": device.scenario,
        "is_receipt_mandatory": wants_receipt(credentials),
        "failed_presentation_desc": order.failed_presentation_desc,
        "device": {
            "location": device.location,
            "logo_url": web_address(device.logo_url),
            **{name: sanitised(getattr(device, name)) for name in DEVICE_TEXTS},
        },
    }


@csrf_exempt
def process_payment(request: HttpRequest) -> HttpResponse:
    """Answer old callers as ever; nothing is done."""
    accepted = request.method == "POST"
    return HttpResponse("OK" if accepted else "", status=200 if accepted else 400, content_type="text/plain")
