"""The Celery application: `celery -A coffee_payment worker` and `... beat`."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")

app = Celery("coffee_payment")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery has no types
def use_project_logging(**_: Any) -> None:
    """Use the server's logging in worker and beat; with a receiver of this signal Celery adds no handlers."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
