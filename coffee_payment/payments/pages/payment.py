"""The pay button: starts the payment of an order."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from payments import rates
from payments.models import Order
from payments.orders.initiation import Refusal, initiate
from payments.outgoing import bulkhead
from payments.pages.status import find_order
from payments.request_data import body_of
from payments.responses import busy_json, json_error, survives_database_loss, unavailable_json


@csrf_exempt
@never_cache
@survives_database_loss(unavailable_json)
def initiate_payment(request: HttpRequest) -> HttpResponse:
    """Start a payment: JSON or form `{order_id, email?}` -> `{redirect_url}` or `{error}`."""
    body = body_of(request) if request.method == "POST" else None
    if not isinstance(body, dict):
        return json_error("invalid_request", 400)
    order_id, email = body.get("order_id"), body.get("email")
    if order_id is None or order_id == "":
        return json_error("missing_order_id", 400)
    if not isinstance(order_id, str):
        return json_error("invalid_request", 400)
    order = find_order(order_id)
    if order is None:
        return json_error("order_not_found", 404)
    if not rates.allows("payment", settings.PAYMENTS_PER_ORDER_PER_MIN, order.pk):
        response = json_error("too_many_payments", 429)
        response["Retry-After"] = str(rates.RETRY_AFTER_SECONDS)
        return response
    if email is not None and not isinstance(email, str):
        email = "-"  # refused as malformed after the other checks
    return _start(request, order, (email or "").strip() or None)


def _start(request: HttpRequest, order: Order, email: str | None) -> HttpResponse:
    try:
        with bulkhead.slot("payments"):
            return JsonResponse({"redirect_url": initiate(order, email)})
    except bulkhead.Busy:
        return busy_json(request)
    except Refusal as refusal:
        return json_error(refusal.message, refusal.status)


@csrf_exempt
def process_payment(request: HttpRequest) -> HttpResponse:
    """Answer old callers as before; nothing is done."""
    accepted = request.method == "POST"
    return HttpResponse("OK" if accepted else "", status=200 if accepted else 400, content_type="text/plain")
