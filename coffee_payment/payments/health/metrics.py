"""Metrics of the web server for Prometheus: `/health/metrics`. Any worker answers for all of them."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

from payments.metrics import REGISTRY, collected
from payments.views import ALLOWED_METHODS

BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
"""Seconds; 0.1 is the limit that the endpoint must keep."""
STATUSES: Final = (200, 405, 500)

_requests = Counter("health_checks_total", "Answers of /health by HTTP status", ["status"], registry=REGISTRY)
_duration = Histogram(
    "health_check_duration_seconds", "Time to answer /health", buckets=BUCKETS, registry=REGISTRY
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
    response = HttpResponse(generate_latest(collected()), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response
