"""Which orders are due, and who may check them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from payments.models import Order, StatusCheckType
from payments.orders import states
from payments.orders.initiation import attempt_lease
from payments.orders.states import ABANDONED_AFTER, Cause
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
            order = (
                due(now).select_for_update(skip_locked=True, of=("self",)).order_by("next_check_at").first()
            )
            if order is None:
                return None
            # The filter is for databases without row locks, where two processes may read the same order.
            taken = Order.objects.filter(
                pk=order.pk, status=S.PENDING, next_check_at=order.next_check_at
            ).update(last_check_at=now, next_check_at=lease_ends, updated_at=now)
        if taken:
            return Claim(order, now, lease_ends)


def due(now: datetime) -> QuerySet[Order]:
    """Return the orders to check now."""
    return Order.objects.filter(
        status=S.PENDING,
        status_check_type=StatusCheckType.POLLING,
        next_check_at__lte=now,
        device__payment_scenario__in=polled_scenarios(),
    )


def _unpolled() -> Q:
    """Return the condition for orders that never become due."""
    return (
        Q(next_check_at__isnull=True)
        | Q(status_check_type__isnull=True)
        | ~Q(status_check_type=StatusCheckType.POLLING)
        | ~Q(device__payment_scenario__in=polled_scenarios())
    )


def sweep(batch: int) -> None:
    """Change what no check will: orders whose process died in `paid`, and expired ones that are not polled."""
    now = timezone.now()
    abandoned = Order.objects.filter(status=S.PAID, updated_at__lt=now - ABANDONED_AFTER)
    expired = Order.objects.filter(_unpolled(), status=S.PENDING, expires_at__lt=now)
    for orders, cause in ((abandoned, Cause.ABANDONED), (expired, Cause.EXPIRED)):
        for order_id in list(orders.values_list("pk", flat=True)[:batch]):
            states.change(order_id, cause)
