"""The payments app."""

import logging
from functools import cache

from django.apps import AppConfig
from django.conf import settings

logger = logging.getLogger(__name__)


class PaymentsConfig(AppConfig):
    """Registers the system checks and writes the start-up log."""

    name = "payments"
    verbose_name = "Оплата"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Run once the models are loaded, which is after Django has set up logging."""
        from . import checks  # noqa: F401 - importing it registers the checks

        log_startup()


@cache
def log_startup() -> None:
    """Log how the database connection is secured, once per process."""
    for finding in settings.DATABASE_SSL.findings:
        logger.log(finding.level, finding.message)
    logger.info(settings.DATABASE_SSL.status())
