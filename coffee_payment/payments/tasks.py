"""Celery tasks."""

from celery import shared_task

from payments.background import tick


@shared_task(name="payments.tasks.check_pending_payments")  # type: ignore[untyped-decorator]
def check_pending_payments() -> int:
    """Check the orders that are due; return how many were checked."""
    return tick.check_pending_payments()
