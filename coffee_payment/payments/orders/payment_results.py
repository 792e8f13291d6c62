"""What a provider's verified answer does to its order; webhooks, the background check and follow-up share it."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from payments.models import Order
from payments.orders import journal, ledger, make_command, states
from payments.orders.states import Cause
from payments.providers.base import Provider
from payments.providers.payment import CURRENCY, FetchedPayment, PaymentState

logger = logging.getLogger(__name__)

S = Order.Status
MONEY_TAKEN: Final = frozenset({S.PAID, S.MAKE_PENDING, S.MAKE_FAILED, S.MANUAL_MAKE, S.SUCCESSFUL})
"""Statuses in which a success of the current payment has already been acted on."""

Holds = Callable[[Order], bool]


def _nothing() -> None:
    """Tell the journal nothing more."""


def pays_for(payment: FetchedPayment, order: Order) -> bool:
    """Return whether an answer has an order's amount and currency."""
    return payment.amount == order.price and payment.currency == CURRENCY


def apply(
    provider: Provider,
    order: Order,
    payment: FetchedPayment,
    *,
    only_if: Holds | None = None,
    is_last: bool = False,
    note: Callable[[], object] = _nothing,
) -> None:
    """Act on a provider's verified answer, then send the make command if the order became paid.

    `order` has its `device` loaded. `only_if` is called with the locked order first: False drops the answer. With
    `is_last` an order that is still unpaid, and has expired, is not paid. `note` is called in the transaction, to tell
    the journal what led here.
    """
    with transaction.atomic(), journal.together():
        locked = states.lock(order.pk)
        if locked is None or (only_if is not None and not only_if(locked)):
            return
        note()
        changed = _act(provider, locked, payment)
        if is_last and changed is None and locked.status == S.PENDING:
            states.change_locked(locked, Cause.EXPIRED, check_attempts=0)
    if changed is not None and changed.status == S.MAKE_PENDING:
        make_command.send(order, payment.succeeded_at or timezone.now())


def differs(
    order: Order,
    payment: FetchedPayment,
    *,
    only_if: Holds | None = None,
    is_last: bool = False,
    note: Callable[[], object] = _nothing,
) -> None:
    """Store an answer that does not match its order: it pays for nothing, and a success goes to staff."""
    with transaction.atomic(), journal.together():
        locked = states.lock(order.pk)
        if locked is None or (only_if is not None and not only_if(locked)):
            return
        logger.error(
            "the payment is not this order's", extra={"order_id": order.pk, "payment_id": payment.payment_id}
        )
        note()
        ledger.record_difference(locked, payment)
        if is_last and locked.status == S.PENDING:
            states.change_locked(locked, Cause.EXPIRED, check_attempts=0)


def _act(provider: Provider, order: Order, payment: FetchedPayment) -> Order | None:
    is_current = order.payment_reference_id == payment.payment_id
    attempt = ledger.record(provider, order, payment)
    if payment.state is PaymentState.SUCCEEDED:
        if order.status not in MONEY_TAKEN:
            return states.change_locked(
                order,
                Cause.SUCCEEDED,
                Cause.MAKE_CLAIMED,
                payment_reference_id=payment.payment_id,
                check_attempts=0,
            )
        if not is_current:
            logger.error(
                "second successful payment of an order: refund needed",
                extra={"order_id": order.pk, "payment_id": payment.payment_id},
            )
            if attempt is not None:
                ledger.mark_paid_twice(attempt)
        return None
    if not is_current or order.status != S.PENDING:
        return None
    if payment.state is PaymentState.CANCELED:
        return states.change_locked(order, Cause.CANCELED, check_attempts=0)
    if payment.state is PaymentState.WAITING_FOR_CAPTURE:
        return states.change_locked(order, Cause.WAITING_FOR_CAPTURE, check_attempts=0)
    return None
