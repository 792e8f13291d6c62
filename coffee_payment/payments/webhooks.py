"""Providers' notifications: each is only a hint, and the payment that it names is fetched from the provider."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from payments import rates
from payments.models import Order
from payments.orders import journal, ledger, payment_results
from payments.outgoing import bulkhead, questions
from payments.outgoing.errors import ProviderError, ProviderRejected
from payments.providers.base import Notification, NotificationRefused, Provider, Webhook
from payments.providers.credentials import find_credentials, require_credentials
from payments.providers.payment import FetchedPayment
from payments.providers.registry import find_provider
from payments.request_data import body_of
from payments.responses import json_error, survives_database_loss, unavailable_json

logger = logging.getLogger(__name__)

UNKNOWN_IDS: Final = 5
"""How many questions about ids that the ledger does not know one order may cause in `UNKNOWN_MINUTES`."""
UNKNOWN_MINUTES: Final = 10
_UNKNOWN_PAYMENT: Final = frozenset({None, 400, 404, 422})
"""Statuses with which a provider refuses the payment id; 401 and 403 refuse our credentials, which staff can fix."""


def view_of(webhook: Webhook) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of a webhook: 200 when the notification is processed or ignored."""

    @csrf_exempt
    @survives_database_loss(unavailable_json)
    def receive(request: HttpRequest) -> HttpResponse:
        body = body_of(request) if request.method == "POST" else None
        if not isinstance(body, dict):
            return json_error("invalid_request", 400)
        facts = {"path": request.path, "field_names": sorted(map(str, body))[:50]}
        logger.info("notification", extra=facts)
        try:
            _process(webhook, request, body)
        except NotificationRefused as refused:
            logger.warning("notification refused", extra={"path": request.path, "reason": str(refused)})
            response = json_error(refused.message, refused.status)
            if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
                response["Retry-After"] = str(bulkhead.RETRY_AFTER_SECONDS)
            return response
        if not webhook.acknowledgement:
            return HttpResponse(status=200)
        return HttpResponse(webhook.acknowledgement, content_type="text/plain")

    return receive


def _process(webhook: Webhook, request: HttpRequest, body: dict[str, Any]) -> None:
    notification = webhook.read(request, body)
    if notification is not None:
        _settle(webhook, notification, body)


def _settle(webhook: Webhook, notification: Notification, body: dict[str, Any]) -> None:
    """Ask the provider about the payment and act on its answer. Raises `NotificationRefused`."""
    order, payment_id = notification.order, notification.payment_id
    if order.status in payment_results.MONEY_TAKEN and order.payment_reference_id == payment_id:
        return

    def note() -> None:
        journal.write_notification(order.pk, payment_id, body)

    scenario = ledger.scenario_of(order, payment_id)
    provider = find_provider(scenario)
    if provider is None or provider.webhook is not webhook:
        raise NotificationRefused(400, "invalid_request", "the payment was not started at this provider")
    asked = provider

    def work() -> None:
        payment = asked.fetch(require_credentials(find_credentials(order, scenario)), payment_id)
        _act(notification, asked, payment, note)

    _refuse_guesses(order, payment_id)
    try:
        questions.ask((order.pk, payment_id), work)
    except bulkhead.Busy as error:
        raise NotificationRefused(503, "service_unavailable", f"too many calls: {error}") from error
    except questions.Late as error:
        raise NotificationRefused(
            503, "service_unavailable", "the answer is late, the work goes on"
        ) from error
    except ProviderRejected as error:
        if error.status in _UNKNOWN_PAYMENT:
            raise NotificationRefused(400, "invalid_request", str(error)) from error
        raise NotificationRefused(503, "service_unavailable", str(error)) from error
    except ProviderError as error:
        raise NotificationRefused(503, "service_unavailable", str(error)) from error


def _refuse_guesses(order: Order, payment_id: str) -> None:
    """Raise `NotificationRefused` after many notifications of payments of an order that the ledger does not know."""
    if payment_id == order.payment_reference_id or ledger.attempt_of(order, payment_id) is not None:
        return
    if not rates.allows("unknown payment", UNKNOWN_IDS, order.pk, minutes=UNKNOWN_MINUTES):
        raise NotificationRefused(503, "service_unavailable", "too many unknown payments of this order")


def _act(
    notification: Notification, provider: Provider, payment: FetchedPayment, note: Callable[[], None]
) -> None:
    order = notification.order
    is_ours = payment.order_id == notification.provider_order_id
    if not is_ours or not payment_results.pays_for(payment, order):
        if is_ours:
            payment_results.differs(order, payment, note=note)
        raise NotificationRefused(400, "invalid_request", "the payment is not this order's")
    payment_results.apply(provider, order, payment, note=note)
