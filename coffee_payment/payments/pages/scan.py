"""The scan of a QR code: creates the order, or finds it again, and redirects the customer."""

import logging
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from payments import lookups, rates, statements
from payments.client_address import address_of
from payments.links import status_page
from payments.models import Device, Order
from payments.orders import journal
from payments.orders.initiation import Refusal, external_page
from payments.orders.validation import Validation, execute_validation_chain, validate_order
from payments.outgoing import bulkhead, tmetr
from payments.outgoing.errors import ProviderError
from payments.providers.registry import find_provider
from payments.request_data import is_storable
from payments.responses import error_page, survives_database_loss, unavailable_page
from payments.user_messages import ERROR_MESSAGES

logger = logging.getLogger(__name__)

PARAMETERS: Final = ("deviceUuid", "drinkName", "drinkNo", "uuid", "size")
SIZES: Final = {"0": Order.Size.SMALL, "1": Order.Size.MEDIUM, "2": Order.Size.LARGE}


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
    """Handle a scan of a QR code: create the order, or find it, and redirect the customer."""
    scan = {name: request.GET.get(name, "").strip() for name in PARAMETERS}
    try:
        device = _device_of(request, scan)
        with bulkhead.slot("scans"):
            order = _order_of(scan, device, request.GET.dict())
        return HttpResponseRedirect(_next_address(order))
    except bulkhead.Busy:
        response = error_page(request, ERROR_MESSAGES["busy"], 503, device_id=scan["deviceUuid"])
        response["Retry-After"] = str(bulkhead.RETRY_AFTER_SECONDS)
        return response
    except _Refused as refused:
        response = error_page(request, refused.text, refused.status, refused.device, scan["deviceUuid"])
        if refused.status == HTTPStatus.TOO_MANY_REQUESTS:
            response["Retry-After"] = str(rates.RETRY_AFTER_SECONDS)
        return response


def _device_of(request: HttpRequest, scan: dict[str, str]) -> Device:
    """Return the machine. One address cannot use up what a machine may be scanned."""
    if problem := _problem(scan):
        raise _Refused(ERROR_MESSAGES[problem], 400)
    if not rates.allows_address("scan", settings.SCANS_PER_ADDRESS_PER_MIN, address_of(request)):
        raise _Refused(ERROR_MESSAGES["too_many_scans"], 429)
    device = lookups.DEVICE.first(scan["deviceUuid"])
    if device is None:
        raise _Refused(ERROR_MESSAGES["device_not_found"], 404)
    if not rates.allows("scan of a device", settings.SCANS_PER_DEVICE_PER_MIN, device.device_uuid):
        raise _Refused(ERROR_MESSAGES["too_many_scans"], 429, device)
    return device


def _order_of(scan: dict[str, str], device: Device, parameters: dict[str, Any]) -> Order:
    validation = execute_validation_chain(
        parameters,
        device.device_uuid,
        scan["uuid"],
        is_test_device=device.status == Device.Status.TEST,
        last_interaction=device.last_interaction,
    )
    if not validation.valid:
        raise _Refused(str(validation.error_message), 400, device)
    if not device.merchant.is_active():
        raise _Refused(ERROR_MESSAGES["merchant_expired"], 403, device)
    if validation.existing_order is not None:
        return validation.existing_order
    try:
        price = tmetr.send_static_drink(device.device_uuid, scan["drinkNo"], SIZES[scan["size"]])
    except ProviderError as error:
        logger.warning("no price", extra={"device_id": device.device_uuid, "reason": str(error)})
        raise _Refused(ERROR_MESSAGES["service_unavailable"], 503, device) from error
    created = _create_order(scan, device, price)
    if created.existing_order is None:
        raise _Refused(created.error_message or ERROR_MESSAGES["service_unavailable"], 400, device)
    return created.existing_order


def _problem(scan: dict[str, str]) -> str | None:
    """Return the key of the message for bad parameters; None when they are good."""
    if not all(scan.values()):
        return "missing_parameters"
    if scan["size"] not in SIZES:
        return "invalid_request"
    if not is_storable(scan["uuid"]) or "/" in scan["uuid"]:  # the id is one segment of a URL path
        return "invalid_order_id"
    return None if all(map(is_storable, scan.values())) else "invalid_request"


def _create_order(scan: dict[str, str], device: Device, price: Decimal) -> Validation:
    """Create the order; if another scan created it meanwhile, validate that one as the chain does."""
    order = Order(
        id=scan["uuid"],
        drink_name=scan["drinkName"],
        drink_number=scan["drinkNo"],
        device=device,
        merchant=device.merchant,
        size=SIZES[scan["size"]],
        price=price,
        status=Order.Status.CREATED,
        expires_at=Order.end_of_a_new_one(),
    )
    scanned = journal.entry_of(order.pk, journal.Kind.STEP, "scan", from_status="", to_status=order.status)
    if not statements.insert_new(order, then=scanned):
        return validate_order(lookups.ORDER.first(order.pk), device.device_uuid)
    return Validation(valid=True, existing_order=order)


def _next_address(order: Order) -> str:
    if order.status != Order.Status.CREATED:
        return status_page(order.pk)
    provider = find_provider(order.device.scenario)
    if provider is None:
        raise _Refused(ERROR_MESSAGES["missing_credentials"], 503, order.device)
    if not provider.is_external:
        return status_page(order.pk)
    try:
        return external_page(provider, order)
    except Refusal as refusal:
        raise _Refused(ERROR_MESSAGES[refusal.message], refusal.status, order.device) from refusal
