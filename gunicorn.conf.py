"""Configuration of gunicorn: threaded workers that answer probes without a thread; JSON logs.

Next to `settings.py` this is the only Python file that reads the environment.
"""

import fcntl
import gc
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent / "coffee_payment"
sys.path.insert(0, str(PROJECT))

from coffee_payment.environment import Environment  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402

from coffee_payment import logs  # noqa: E402 - needs the path above

_environment = Environment()

wsgi_app = "coffee_payment.wsgi:application"
chdir = str(PROJECT)
logger_class = "coffee_payment.server.access.AccessLogger"
worker_class = "coffee_payment.server.worker.ProbeWorker"
workers = _environment.integer("GUNICORN_WORKERS", os.getenv("GUNICORN_WORKERS", "4"), minimum=1)
threads = _environment.integer("GUNICORN_THREADS", os.getenv("GUNICORN_THREADS", "8"), minimum=1)
bind = f"0.0.0.0:{_environment.integer('GUNICORN_PORT', os.getenv('GUNICORN_PORT', '8000'), minimum=1)}"
timeout = _environment.integer("GUNICORN_TIMEOUT", os.getenv("GUNICORN_TIMEOUT", "30"))
drain_seconds = _environment.seconds("GUNICORN_DRAIN_S", os.getenv("GUNICORN_DRAIN_S", "1"))
# A request that is running when the server is stopped has as long as any other.
graceful_timeout = math.ceil((timeout or 30) + drain_seconds)
max_requests = _environment.integer("GUNICORN_MAX_REQUESTS", os.getenv("GUNICORN_MAX_REQUESTS", "0"))
max_requests_jitter = _environment.integer(
    "GUNICORN_MAX_REQUESTS_JITTER", os.getenv("GUNICORN_MAX_REQUESTS_JITTER", "0")
)
# A webhook makes two calls in a row, each bounded by twice the timeout; the client's own part is bounded by the worker.
_longest = 2 * 2 * _environment.seconds("PAYMENT_API_TIMEOUT_S", os.getenv("PAYMENT_API_TIMEOUT_S", "3"))
if timeout and _longest >= timeout:
    _environment.problems.append(
        f"GUNICORN_TIMEOUT must be above {_longest:g}: a request may take four times PAYMENT_API_TIMEOUT_S"
    )
if not _environment.boolean("DEBUG", os.getenv("DEBUG", "False")):
    # Without it every payment would end in 503.
    _environment.fernet_keys("CREDENTIALS_ENCRYPTION_KEY", os.getenv("CREDENTIALS_ENCRYPTION_KEY", ""))
try:
    _environment.complete()
except ImproperlyConfigured as error:
    print(f"gunicorn: {error}", file=sys.stderr)  # noqa: T201 - there is no log yet
    sys.exit(2)
# Nothing uses the control interface, and all servers of one user would share its socket.
control_socket_disable = True

_logger = {"handlers": ["stdout"], "propagate": False}
logconfig_dict = logs.configuration(
    os.getenv("LOG_LEVEL", "INFO"),
    [  # the same secrets as in settings.py
        os.getenv("SECRET_KEY"),
        os.getenv("DB_PASSWORD"),
        os.getenv("TMETR_TOKEN"),
        *_environment.items(os.getenv("CREDENTIALS_ENCRYPTION_KEY", "")),
    ],
    {"gunicorn.error": _logger, "gunicorn.access": _logger},
)

_PREFIX = "coffee-payment-metrics-"
_LOCK = "lock"


def on_starting(server: Any) -> None:
    """Create the workers' folder for the figures of /health/metrics, before they import the library.

    The server and its workers hold a lock in it: a folder without a holder belongs to a server that was killed.
    """
    temporary = Path(tempfile.gettempdir())
    for folder in temporary.glob(f"{_PREFIX}*"):
        _remove_unless_in_use(folder)
    server.metrics = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=temporary))
    server.metrics_lock = (server.metrics / _LOCK).open("w")
    fcntl.flock(server.metrics_lock, fcntl.LOCK_EX)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(server.metrics)


def post_fork(_server: Any, worker: Any) -> None:
    """Tell the worker how long it accepts connections after SIGTERM."""
    worker.drain_seconds = drain_seconds


def worker_exit(_server: Any, _worker: Any) -> None:
    """Skip the final garbage collection; it delays shutdown."""
    gc.freeze()


def on_exit(server: Any) -> None:
    """Remove the folder with the figures."""
    shutil.rmtree(server.metrics, ignore_errors=True)
    gc.freeze()


def _remove_unless_in_use(folder: Path) -> None:
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # in use, of another user, or just being created
        return
