"""Metrics of the health endpoint for Prometheus: `/health/metrics`.

Under gunicorn each worker keeps its metrics in a memory-mapped file, so that any worker can answer for all
of them; `gunicorn.conf.py` creates the folder.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass

from payments.views import ALLOWED_METHODS

BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
"""Seconds; 0.1 is the limit that the endpoint must keep."""
STATUSES: Final = (200, 405, 500)

_registry = CollectorRegistry()
_requests = Counter(
    "health_checks_total", "Answers of /health by HTTP status", ["status"], registry=_registry
)
_duration = Histogram(
    "health_check_duration_seconds", "Time to answer /health", buckets=BUCKETS, registry=_registry
)
for _status in STATUSES:  # create them now, so that no request opens a file
    _requests.labels(_status)


def record(status: int, seconds: float) -> None:
    """Count one answer."""
    _requests.labels(status).inc()
    _duration.observe(seconds)


def health_metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics in Prometheus' text format, without a query or a call; 404 unless HEALTH_METRICS_ENABLED."""
    if not settings.HEALTH_METRICS_ENABLED:
        return HttpResponseNotFound()
    if request.method not in ALLOWED_METHODS:
        return HttpResponseNotAllowed(ALLOWED_METHODS)
    response = HttpResponse(generate_latest(_collected()), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response


class _Workers(MultiProcessCollector):
    """The library's collector, without the files of workers that are just starting."""

    def collect(self) -> Iterable[Metric]:
        """Return the sums over all workers.

        A worker makes its file first and gives it a length afterwards; the library cannot read an empty one.
        """
        files = [str(file) for file in Path(self._path).glob("*.db") if file.stat().st_size]
        return self.merge(files)  # type: ignore[no-any-return, no-untyped-call]  # the library has no types here


def _collected() -> CollectorRegistry:
    if ValueClass is MutexValue:  # one process: PROMETHEUS_MULTIPROC_DIR was not set at import
        return _registry
    registry = CollectorRegistry()
    _Workers(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    return registry
