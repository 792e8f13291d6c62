"""Celery tasks."""

from celery import shared_task

from payments.background import tick, unused_orders
from payments.background.reconciliation import daily


@shared_task(name="payments.tasks.check_pending_payments")  # type: ignore[untyped-decorator]
def check_pending_payments() -> int:
    """Check the orders that are due; return how many were checked."""
    return tick.check_pending_payments()


@shared_task(name="payments.tasks.reconcile_payments")  # type: ignore[untyped-decorator]
def reconcile_payments() -> int:
    """Compare the last days with the providers' own lists; return the number of disagreements."""
    return daily.reconcile()


@shared_task(name="payments.tasks.remove_unused_orders")  # type: ignore[untyped-decorator]
def remove_unused_orders() -> int:
    """Remove the orders that nobody began to pay; return how many there were."""
    return unused_orders.remove_unused_orders()
