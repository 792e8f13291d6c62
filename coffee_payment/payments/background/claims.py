"""Which orders are due, and who may check them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from payments import statements
from payments.models import Order, Payment, StatusCheckType
from payments.orders import states
from payments.orders.initiation import attempt_lease
from payments.orders.states import ABANDONED_AFTER, Cause, abandoned_before
from payments.providers.registry import polled_scenarios

S = Order.Status


@dataclass(frozen=True)
class Claim:
    """An order that only this process may act on until the lease ends."""

    order: Order
    claimed_at: datetime
    lease_ends: datetime

    def holds(self, order: Order) -> bool:
        """Return whether the locked order still has this claim's lease."""
        return order.status == S.PENDING and order.next_check_at == self.lease_ends


def claim() -> Claim | None:
    """Claim the order that has been due longest; return None when no order is due."""
    now = timezone.now()
    lease_ends = now + attempt_lease()
    while True:
        with transaction.atomic():
            order = _longest_due(tuple(polled_scenarios())).first(now)
            if order is None:
                return None
            # The filter is for databases without row locks, where two processes may read the same order.
            taken = statements.update(
                Order,
                {"id": order.pk, "status": S.PENDING, "next_check_at": order.next_check_at},
                {"last_check_at": now, "next_check_at": lease_ends, "updated_at": now},
            )
        if taken:
            return Claim(order, now, lease_ends)


@cache
def _longest_due(polled: tuple[str, ...]) -> statements.Read[Order]:
    """Return the query for the order that has been due longest, locked unless another process has its lock."""

    def queryset(now: Any) -> QuerySet[Order]:
        locked = _due(now, polled).select_for_update(skip_locked=True, of=("self",))
        return locked.order_by("next_check_at")[:1]

    return statements.Read(queryset)


def due(now: datetime) -> QuerySet[Order]:
    """Return the orders to check now."""
    return _due(now, polled_scenarios())


def _due(now: datetime, polled: Sequence[str]) -> QuerySet[Order]:
    return Order.objects.filter(
        _has_scenario_of(polled),
        status=S.PENDING,
        status_check_type=StatusCheckType.POLLING,
        next_check_at__lte=now,
    )


def _has_scenario_of(polled: Sequence[str]) -> Q:
    """Return the condition for orders whose payment can be asked about; old orders follow their device."""
    return Q(payment_scenario__in=polled) | Q(
        payment_scenario__isnull=True, device__payment_scenario__in=polled
    )


def _unpolled() -> Q:
    """Return the condition for orders that never become due."""
    return (
        Q(next_check_at__isnull=True)
        | Q(status_check_type__isnull=True)
        | ~Q(status_check_type=StatusCheckType.POLLING)
        | ~_has_scenario_of(polled_scenarios())
    )


def sweep(batch: int) -> None:
    """Change what no check will, at most a batch of each kind.

    These are orders whose process died in `paid` or around the make command, and expired ones that are not polled:
    the provider is asked about such an order at once, and only an order that has no payment to ask about ends here.
    """
    now = timezone.now()
    abandoned = Order.objects.filter(status=S.PAID, updated_at__lt=now - ABANDONED_AFTER)
    for order_id in list(abandoned.values_list("pk", flat=True)[:batch]):
        states.change(order_id, Cause.ABANDONED)
    for order_id, sent_at in list(unanswered(now).values_list("pk", "make_sent_at")[:batch]):
        states.change(order_id, Cause.MAKE_UNANSWERED if sent_at else Cause.MAKE_NOT_SENT)
    current = Payment.objects.filter(
        order=OuterRef("pk"), transaction_id=OuterRef("payment_reference_id")
    ).exclude(transaction_id="")
    asked = current.filter(
        Q(next_check_at__isnull=False) | Q(status=Payment.Status.PENDING, doubt__isnull=True)
    )
    expired = Order.objects.filter(_unpolled(), status=S.PENDING, expires_at__lt=now)
    for order_id, is_asked in list(
        expired.annotate(is_asked=Exists(asked)).values_list("pk", "is_asked")[:batch]
    ):
        if is_asked:
            _ask_now(order_id, now)
        else:
            states.change(order_id, Cause.EXPIRED)


def unanswered(now: datetime) -> QuerySet[Order]:
    """Return the orders whose make command was claimed by a process that must be dead."""
    return Order.objects.filter(
        status=S.MAKE_PENDING,
        make_claimed_at__isnull=False,
        make_claimed_at__lt=abandoned_before(now),
        make_answered_at__isnull=True,
    )


def _ask_now(order_id: str, now: datetime) -> None:
    """Make an expired order's payment due, unless the provider has been asked since the order expired."""
    Payment.objects.filter(
        Q(last_check_at__isnull=True) | Q(last_check_at__lt=F("order__expires_at")),
        Q(next_check_at__isnull=True) | Q(next_check_at__gt=now + attempt_lease()),
        order_id=order_id,
        transaction_id=F("order__payment_reference_id"),
    ).update(next_check_at=now, last_check_at=now, updated_at=now)
