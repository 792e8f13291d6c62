"""What a provider's verified answer does to its order; webhooks and the background check share it."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from payments.models import Order, Payment
from payments.orders import states
from payments.orders.make_command import make
from payments.orders.states import Cause
from payments.providers.base import Provider
from payments.providers.payment import CURRENCY, FetchedPayment, PaymentState

logger = logging.getLogger(__name__)

S = Order.Status
MONEY_TAKEN: Final = frozenset({S.PAID, S.MAKE_PENDING, S.MAKE_FAILED, S.MANUAL_MAKE, S.SUCCESSFUL})
"""Statuses in which a success of the current payment has already been acted on."""


def pays_for(payment: FetchedPayment, order: Order) -> bool:
    """Return whether an answer has an order's amount and currency."""
    return payment.amount == order.price and payment.currency == CURRENCY


def apply(
    provider: Provider,
    order: Order,
    payment: FetchedPayment,
    *,
    only_if: Callable[[Order], bool] | None = None,
) -> None:
    """Act on a provider's verified answer, then send the make command if the order became paid.

    `order` has its `device` loaded. `only_if` is called with the locked order first: False drops the answer.
    """
    with transaction.atomic():
        locked = states.lock(order.pk)
        if locked is None or (only_if is not None and not only_if(locked)):
            return
        changed = _act(provider, locked, payment)
    if changed is not None and changed.status == S.PAID:
        make(order)


def _act(provider: Provider, order: Order, payment: FetchedPayment) -> Order | None:
    is_current = order.payment_reference_id == payment.payment_id
    if payment.state is PaymentState.SUCCEEDED:
        _update_ledger(provider, order, payment, successful=True)
        if order.status not in MONEY_TAKEN:
            return states.change_locked(
                order, Cause.SUCCEEDED, payment_reference_id=payment.payment_id, check_attempts=0
            )
        if not is_current:
            logger.error(
                "second successful payment of an order: refund needed",
                extra={"order_id": order.pk, "payment_id": payment.payment_id},
            )
        return None
    if not is_current:
        return None
    if payment.state is PaymentState.CANCELED:
        _update_ledger(provider, order, payment, successful=False)
        return states.change_locked(order, Cause.CANCELED, check_attempts=0)
    if payment.state is PaymentState.WAITING_FOR_CAPTURE:
        return states.change_locked(order, Cause.WAITING_FOR_CAPTURE, check_attempts=0)
    return None


def _update_ledger(provider: Provider, order: Order, payment: FetchedPayment, *, successful: bool) -> None:
    """Close the attempt's row. It may lack the payment id: its process died before it stored the id."""
    status = Payment.Status.SUCCESSFUL if successful else Payment.Status.FAILED
    attempts = order.payments.filter(transaction_id=payment.payment_id)
    if not attempts.update(status=status, updated_at=timezone.now()) and successful:
        without_id = order.payments.filter(transaction_id="").order_by("-created_at").first()
        if without_id is not None:
            without_id.transaction_id, without_id.status = payment.payment_id, status
            without_id.save(update_fields=["transaction_id", "status", "updated_at"])
    provider.update_ledger(order, payment, successful=successful)
