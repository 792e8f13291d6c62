"""A task for the project's own worker: it reports how the worker's connection is secured.

Loaded by ``celery ... worker --include verification.transport.celery_probe``. When the worker is
ready the task is sent through its broker, the worker's pool executes it, and the answer goes to the
file that ``VERIFICATION_ANSWER`` names.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

from celery import current_app
from celery.signals import worker_ready

ANSWER: Final = "VERIFICATION_ANSWER"
_SESSION: Final = "SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@current_app.task(name="verification.report_session", ignore_result=True)  # type: ignore[untyped-decorator]
def report_session() -> None:
    """Connect through Django, as the project's tasks do, and write what the server says."""
    from django.db import connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION)
            ssl, version, cipher = cursor.fetchone() or (None,) * 3
        answer: dict[str, Any] = {"error": None, "ssl": ssl, "version": version, "cipher": cipher}
    except Exception as error:  # noqa: BLE001 - the refusal is the answer
        answer = {"error": " ".join(str(error).split())}
    finally:
        connection.close()
    target = Path(os.environ[ANSWER])
    written = target.with_suffix(".part")
    written.write_text(json.dumps({**answer, "process": os.getpid()}), encoding="utf-8")
    written.rename(target)


@worker_ready.connect  # type: ignore[untyped-decorator]
def send(**_: Any) -> None:
    """Send the task once the worker takes tasks."""
    report_session.delay()
