"""How gunicorn serves: threaded workers, so that slow provider calls do not starve the probes; JSON logs.

Beside `settings.py` the only Python file that reads the environment (variables of the group "Container").
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent / "coffee_payment"
sys.path.insert(0, str(PROJECT))

from coffee_payment.environment import Environment  # noqa: E402 - the path comes first

_environment = Environment()

wsgi_app = "coffee_payment.wsgi:application"
chdir = str(PROJECT)
worker_class = "gthread"
workers = _environment.integer("GUNICORN_WORKERS", os.getenv("GUNICORN_WORKERS", "4"), minimum=1)
threads = _environment.integer("GUNICORN_THREADS", os.getenv("GUNICORN_THREADS", "8"), minimum=1)
bind = f"0.0.0.0:{_environment.integer('GUNICORN_PORT', os.getenv('GUNICORN_PORT', '8000'), minimum=1)}"
timeout = _environment.integer("GUNICORN_TIMEOUT", os.getenv("GUNICORN_TIMEOUT", "30"))
# A request that is under way when the server is told to end has as long as any other.
graceful_timeout = timeout or 30
max_requests = _environment.integer("GUNICORN_MAX_REQUESTS", os.getenv("GUNICORN_MAX_REQUESTS", "0"))
max_requests_jitter = _environment.integer(
    "GUNICORN_MAX_REQUESTS_JITTER", os.getenv("GUNICORN_MAX_REQUESTS_JITTER", "0")
)
_environment.complete()
# Nothing uses the control interface, and all servers of one user would share its path.
control_socket_disable = True

_level = os.getenv("LOG_LEVEL", "INFO")
_to_stdout = {"handlers": ["stdout"], "level": _level, "propagate": False}
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "coffee_payment.logs.JsonFormatter"}},
    "filters": {"access": {"()": "coffee_payment.logs.AccessFilter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
            "filters": ["access"],
        },
    },
    "root": {"handlers": ["stdout"], "level": _level},
    "loggers": {"gunicorn.error": _to_stdout, "gunicorn.access": _to_stdout},
}

_metrics = Path(tempfile.gettempdir()) / f"coffee-payment-metrics-{os.getpid()}"


def on_starting(_server: Any) -> None:
    """Give the workers one folder for the figures of /health/metrics, before they import the library."""
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)


def worker_exit(_server: Any, _worker: Any) -> None:
    """Spare the interpreter its last look at every object: on a busy machine it keeps a stop waiting."""
    gc.freeze()


def on_exit(_server: Any) -> None:
    """Take the folder away with the server."""
    shutil.rmtree(_metrics, ignore_errors=True)
    gc.freeze()
