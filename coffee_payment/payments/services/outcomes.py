"""What a verified provider answer does to its order; webhooks and the background check share it."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from payments.models import Order, Payment, Receipt, TBankPayment
from payments.services import order_states
from payments.services.making import make
from payments.services.order_states import Cause
from payments.services.payments import CURRENCY, FetchedPayment, PaymentState
from payments.services.tbank import is_order_id_of

logger = logging.getLogger(__name__)

S = Order.Status
MONEY_TAKEN: Final = frozenset({S.PAID, S.MAKE_PENDING, S.MAKE_FAILED, S.MANUAL_MAKE, S.SUCCESSFUL})
"""Statuses in which a success of the current payment has already been acted on."""


def is_about(payment: FetchedPayment, order: Order, provider_order_id: str | None = None) -> bool:
    """Tell whether a provider's answer is about this order: its id there, its amount, its currency.

    Without ``provider_order_id`` any attempt of the order will do.
    """
    if provider_order_id is not None:
        is_ours = payment.order_id == provider_order_id
    else:
        is_ours = payment.order_id == order.pk or (
            payment.in_bank_ledger and is_order_id_of(payment.order_id, order.pk)
        )
    return is_ours and payment.amount == order.price and payment.currency == CURRENCY


def apply(order: Order, payment: FetchedPayment, *, only_if: Callable[[Order], bool] | None = None) -> None:
    """Act on a provider's verified answer, then send the make command if the order became paid.

    ``order`` has its ``device`` loaded. ``only_if`` is asked with the locked order first: False
    drops the answer.
    """
    with transaction.atomic():
        locked = order_states.lock(order.pk)
        if locked is None or (only_if is not None and not only_if(locked)):
            return
        changed = _act(locked, payment)
    if changed is not None and changed.status == S.PAID:
        make(order)


def _act(order: Order, payment: FetchedPayment) -> Order | None:
    is_current = order.payment_reference_id == payment.payment_id
    if payment.state is PaymentState.SUCCEEDED:
        _update_ledger(order, payment, successful=True)
        if order.status not in MONEY_TAKEN:
            return order_states.change_locked(
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
        _update_ledger(order, payment, successful=False)
        return order_states.change_locked(order, Cause.CANCELED, check_attempts=0)
    if payment.state is PaymentState.WAITING_FOR_CAPTURE:
        return order_states.change_locked(order, Cause.WAITING_FOR_CAPTURE, check_attempts=0)
    return None


def _update_ledger(order: Order, payment: FetchedPayment, *, successful: bool) -> None:
    """Mark the attempt's row. A success may be older than its row's id: the process died in between."""
    now = timezone.now()
    status = Payment.Status.SUCCESSFUL if successful else Payment.Status.FAILED
    attempts = order.payments.filter(transaction_id=payment.payment_id)
    if not attempts.update(status=status, updated_at=now) and successful:
        lost = order.payments.filter(transaction_id="").order_by("-created_at").first()
        if lost is not None:
            lost.transaction_id, lost.status = payment.payment_id, status
            lost.save(update_fields=["transaction_id", "status", "updated_at"])
    if payment.receipt_registration in _RECEIPTS:
        sent = payment.receipt_registration == "succeeded"
        order.receipts.filter(status=Receipt.Status.PENDING).update(
            status=_RECEIPTS[payment.receipt_registration], sent_at=now if sent else None
        )
    if payment.in_bank_ledger:
        TBankPayment.objects.filter(payment_id=payment.payment_id).update(
            status=TBankPayment.Status.COMPLETED if successful else TBankPayment.Status.FAILED, updated_at=now
        )


_RECEIPTS: Final = {"succeeded": Receipt.Status.SENT, "canceled": Receipt.Status.FAILED}
