"""The check of one claimed order: ask its provider, act on the answer, or set the time of the next check."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from payments import statements
from payments.background.claims import Claim
from payments.models import MerchantCredentials, Order
from payments.orders import journal, payment_results, states
from payments.orders.states import Cause
from payments.outgoing.errors import ProviderError
from payments.providers.base import Provider
from payments.providers.credentials import require_credentials
from payments.providers.payment import FetchedPayment, PaymentState
from payments.providers.registry import provider_of

logger = logging.getLogger(__name__)


def check(claimed: Claim, credentials: MerchantCredentials | None) -> None:
    """Ask the provider about a claimed order and act on the answer."""
    order = claimed.order
    if not order.payment_reference_id:
        logger.error("pending without a payment reference", extra={"order_id": order.pk})
        states.change(order.pk, Cause.NO_REFERENCE, only_if=claimed.holds)
        return
    try:
        provider = provider_of(order.scenario)
        payment = provider.fetch(require_credentials(credentials), order.payment_reference_id)
    except ProviderError as error:
        _count_failure(claimed, error)
        return
    _apply(provider, claimed, payment)


def _count_failure(claimed: Claim, error: ProviderError) -> None:
    """Count an error of the provider; above the limit the order fails."""
    with transaction.atomic():
        order = states.lock(claimed.order.pk)
        if order is None or not claimed.holds(order):
            return
        order.check_attempts += 1
        facts = {"order_id": order.pk, "reason": str(error), "attempts": order.check_attempts}
        logger.warning("payment check failed", extra=facts)
        journal.write(
            order.pk,
            journal.Kind.CALL,
            "no answer",
            payment_id=order.payment_reference_id,
            detail={"reason": str(error)},
        )
        if order.check_attempts <= settings.PAYMENT_ATTEMPTS_LIMIT:
            order.next_check_at = timezone.now() + timedelta(seconds=settings.FAST_TRACK_INTERVAL_S)
            statements.save(order, "next_check_at", "check_attempts", "updated_at")
            return
        logger.error("payment check attempts exhausted", extra=facts)
        states.change_locked(order, Cause.EXHAUSTED, check_attempts=order.check_attempts)


def _apply(provider: Provider, claimed: Claim, payment: FetchedPayment) -> None:
    """Act on an answer. A check that began after the order expired is the last one."""
    order = claimed.order
    logger.info("payment checked", extra={"order_id": order.pk, "provider_status": payment.raw_status})
    if payment.state is PaymentState.OTHER:
        logger.warning(
            "unknown payment status", extra={"order_id": order.pk, "provider_status": payment.raw_status}
        )
    is_last = order.is_expired(claimed.claimed_at)
    if not provider.owns_order_id(payment.order_id, order.pk) or not payment_results.pays_for(payment, order):
        payment_results.differs(order, payment, only_if=claimed.holds, is_last=is_last)
    elif is_last or payment.state in _SETTLED:
        payment_results.apply(provider, order, payment, only_if=claimed.holds, is_last=is_last)
        return
    if not is_last:
        _look_again(claimed)


_SETTLED: Final = frozenset({PaymentState.SUCCEEDED, PaymentState.CANCELED, PaymentState.WAITING_FOR_CAPTURE})


def _look_again(claimed: Claim) -> None:
    """Set the time of the next check, if the claim still holds: the condition does what a lock would."""
    now = timezone.now()
    elapsed = now - (claimed.order.payment_started_at or now)
    fast = elapsed <= timedelta(seconds=settings.FAST_TRACK_LIMIT_S)
    seconds = settings.FAST_TRACK_INTERVAL_S if fast else settings.SLOW_TRACK_INTERVAL_S
    held = {"id": claimed.order.pk, "status": Order.Status.PENDING, "next_check_at": claimed.lease_ends}
    following = {"check_attempts": 0, "next_check_at": now + timedelta(seconds=seconds), "updated_at": now}
    statements.update(Order, held, following)
