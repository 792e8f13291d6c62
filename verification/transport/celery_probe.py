"""A task for the project's own worker, and a receiver for its beat: each reports how it is connected.

Loaded by ``celery ... worker --include`` this module. When the worker is ready the task is
sent through its broker and the worker's pool executes it. Run as a program it is the project's ``celery beat``.
"""

import sys
from typing import Any

from celery import current_app
from celery.signals import beat_init, worker_ready

from .session_report import report


@current_app.task(name="verification.report_session", ignore_result=True)  # type: ignore[untyped-decorator]
def report_session() -> None:
    """Connect through Django, as the project's tasks do, and write what the server says."""
    report()


@worker_ready.connect  # type: ignore[untyped-decorator]
def send(**_: Any) -> None:
    """Send the task once the worker takes tasks."""
    report_session.delay()


@beat_init.connect  # type: ignore[untyped-decorator]
def connect(**_: Any) -> None:
    """Connect once beat has started, as a scheduler in the database does."""
    report()


if __name__ == "__main__":
    from celery.__main__ import main

    sys.argv[0] = "celery"
    main()
