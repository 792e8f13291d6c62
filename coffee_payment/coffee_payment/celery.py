"""The Celery application: `celery -A coffee_payment worker` and `... beat`."""

import logging.config
import os
import shutil
import tempfile
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import setup_logging, worker_ready, worker_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")


class Loader(AppLoader):  # type: ignore[misc]  # Celery has no types
    """Celery's own loader, in whose worker all processes share what they count for Prometheus."""

    figures = ""
    """The folder; empty in other processes."""

    def init_worker(self) -> None:
        """Create the folder before the modules are imported: the library looks for it once, when it is imported."""
        from django.conf import settings

        if settings.WORKER_METRICS_PORT and not self.worker_initialized:
            self.figures = tempfile.mkdtemp(prefix="coffee-payment-worker-metrics-")
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = self.figures
        super().init_worker()


app = Celery("coffee_payment", loader=f"{__name__}:{Loader.__name__}")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]
def use_project_logging(**_: Any) -> None:
    """Use the server's logging in worker and beat; with a receiver of this signal Celery adds no handlers."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect  # type: ignore[untyped-decorator]
def show_figures(**_: Any) -> None:
    """Answer Prometheus on WORKER_METRICS_PORT."""
    from payments.background import figures

    figures.serve()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def remove_figures(**_: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(app.loader.figures, ignore_errors=True)
