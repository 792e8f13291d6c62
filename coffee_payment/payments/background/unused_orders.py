"""Orders that were scanned and never begun to be paid are removed, with their entries in the journal."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from payments.models import Device, JournalEntry, Order, Payment
from payments.providers.registry import external_scenarios

logger = logging.getLogger(__name__)

_BATCH: Final = 500


def remove_unused_orders() -> int:
    """Remove what expired more than UNUSED_ORDER_HOURS ago; return the number of orders.

    An order whose customer was sent to a foreign page stays: nobody here knows whether it was paid.
    """
    if not settings.UNUSED_ORDER_HOURS:
        return 0
    removed = 0
    while batch := _remove_batch():
        removed += batch
    if removed:
        logger.info("unused orders removed", extra={"orders": removed})
    return removed


def unused() -> QuerySet[Order]:
    """Return the orders to remove."""
    return Order.objects.filter(
        ~Exists(Payment.objects.filter(order=OuterRef("pk"))),
        ~Exists(Device.objects.filter(pk=OuterRef("device"), payment_scenario__in=external_scenarios())),
        status=Order.Status.CREATED,
        expires_at__lt=timezone.now() - timedelta(hours=settings.UNUSED_ORDER_HOURS),
    )


def _remove_batch() -> int:
    with transaction.atomic():
        locked = unused().select_for_update(skip_locked=True, of=("self",)).order_by("expires_at")
        ids = list(locked.values_list("pk", flat=True)[:_BATCH])
        if not ids:
            return 0
        JournalEntry.objects.filter(order_id__in=ids).prune()
        Order.objects.filter(pk__in=ids).delete()
    return len(ids)
