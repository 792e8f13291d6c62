"""Celery tasks."""

from celery import shared_task

from payments import background


@shared_task(name="payments.tasks.check_pending_payments")  # type: ignore[untyped-decorator]
def check_pending_payments() -> int:
    """Ask the providers about the orders that are due; give how many were checked."""
    return background.check_pending_payments()
