"""A module for a Celery worker: each process of its pool counts one run of the background check."""

from typing import Any

from celery.signals import worker_process_init
from payments import metrics


@worker_process_init.connect  # type: ignore[untyped-decorator]
def count(**_: Any) -> None:
    """Count as a task does."""
    metrics.count_check()
