"""Follow-up: the provider is asked about every attempt until its answer is final, whatever became of the order.

An attempt is claimed like an order: `next_check_at` is set to the end of a lease, and the answer is acted on only
by the process that still finds its value there.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from payments import statements
from payments.models import MerchantCredentials, Order, Payment, StatusCheckType
from payments.orders import ledger, payment_results, states
from payments.orders.initiation import attempt_lease
from payments.orders.states import Cause
from payments.outgoing.errors import ProviderError
from payments.providers.credentials import require_credentials
from payments.providers.registry import provider_of_payment

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FollowUp:
    """An attempt that only this process may act on until the lease ends."""

    payment: Payment
    """With `order.device` loaded."""
    claimed_at: datetime
    lease_ends: datetime

    def holds(self, _order: Order) -> bool:
        """Return whether the attempt still has this claim's lease; its order's row is locked."""
        return Payment.objects.filter(pk=self.payment.pk, next_check_at=self.lease_ends).exists()


def due(now: datetime) -> QuerySet[Payment]:
    """Return the attempts to ask about now."""
    return Payment.objects.filter(next_check_at__lte=now)


_LONGEST_DUE: Final = statements.Read(
    lambda now: (
        due(now)
        .select_related("order__device")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_check_at")[:1]
    )
)


def claim() -> FollowUp | None:
    """Claim the attempt that has been due longest; return None when none is due."""
    now = timezone.now()
    lease_ends = now + attempt_lease()
    while True:
        with transaction.atomic():
            payment = _LONGEST_DUE.first(now)
            if payment is None:
                return None
            # The filter is for databases without row locks, where two processes may read the same attempt.
            taken = statements.update(
                Payment,
                {"id": payment.pk, "next_check_at": payment.next_check_at},
                {"next_check_at": lease_ends, "updated_at": now},
            )
        if taken:
            return FollowUp(payment, now, lease_ends)


def follow_up(claimed: FollowUp, credentials_of: Callable[[Order, str], MerchantCredentials | None]) -> None:
    """Ask the provider about a claimed attempt and act on the answer."""
    payment, order = claimed.payment, claimed.payment.order
    facts = {"order_id": order.pk, "payment_id": payment.transaction_id}
    if _is_polled(payment):
        _postpone(payment, claimed)
        return
    try:
        provider = provider_of_payment(payment)
        credentials = require_credentials(credentials_of(order, provider.scenario))
        answer = provider.fetch(credentials, payment.transaction_id)
    except ProviderError as error:
        logger.warning("payment follow-up failed", extra={**facts, "reason": str(error)})
        _record_error(claimed, error)
        return
    logger.info("payment followed up", extra={**facts, "provider_status": answer.raw_status})
    is_last = payment.transaction_id == order.payment_reference_id and order.is_expired(claimed.claimed_at)
    if provider.owns_order_id(answer.order_id, order.pk) and payment_results.pays_for(answer, order):
        payment_results.apply(provider, order, answer, only_if=claimed.holds, is_last=is_last)
    else:
        payment_results.differs(order, answer, only_if=claimed.holds, is_last=is_last)


def _is_polled(payment: Payment) -> bool:
    """Return whether the background check asks about the attempt anyway."""
    order = payment.order
    return (
        order.status == Order.Status.PENDING
        and order.status_check_type == StatusCheckType.POLLING
        and order.next_check_at is not None
        and order.payment_reference_id == payment.transaction_id
        and payment.scenario in (None, order.scenario)
    )


def _postpone(payment: Payment, claimed: FollowUp) -> None:
    now = timezone.now()
    Payment.objects.filter(pk=payment.pk, next_check_at=claimed.lease_ends).update(
        next_check_at=ledger.next_check(payment.created_at, now), updated_at=now
    )


def _record_error(claimed: FollowUp, error: ProviderError) -> None:
    """Set the time of the next question; an order whose payment is not asked about any more is not left pending."""
    with transaction.atomic():
        order = states.lock(claimed.payment.order_id)
        if order is None or not claimed.holds(order):
            return
        attempt = ledger.record_error(order, claimed.payment.transaction_id, str(error))
        if attempt is not None and attempt.next_check_at is None and order.status == Order.Status.PENDING:
            states.change_locked(order, Cause.EXHAUSTED)
