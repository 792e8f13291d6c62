"""`/health/deep`: whether the server's dependencies answer. For people and dashboards, not for probes."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Final

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse

from payments.outgoing.errors import ProviderBadAnswer, ProviderRejected
from payments.outgoing.http import call_json
from payments.views import ALLOWED_METHODS, current_time

logger = logging.getLogger(__name__)


def database() -> None:
    """Query the database on a connection of its own. Raises any error of the driver."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def broker() -> None:
    """Ping Celery's broker. Raises `redis.RedisError`."""
    timeout = settings.PAYMENT_API_TIMEOUT_S
    with redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_connect_timeout=timeout, socket_timeout=timeout
    ) as client:
        client.ping()


def telemetry() -> None:
    """Call TMetr; any answer below 500, a refusal included, shows that it is there. Raises `ProviderError`."""
    try:
        call_json("GET", settings.TMETR_BASE_URL, empty_allowed=True)
    except (ProviderRejected, ProviderBadAnswer):
        return


DEPENDENCIES: Final[Mapping[str, Callable[[], None]]] = {
    "database": database,
    "broker": broker,
    "tmetr": telemetry,
}

# One pool for all requests, so that calls which hang cannot pile up. A request that finds every thread busy
# still gets its "unhealthy" in time.
_pool = ThreadPoolExecutor(max_workers=len(DEPENDENCIES), thread_name_prefix="deep-health")


def health_deep(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every dependency answers, else 503; 404 unless HEALTH_DEEP_ENABLED.

    `{"status", "timestamp", "checks": {name: {"status", "duration_ms"}}}`, without details of a failure:
    they are in the log. Takes no longer than twice PAYMENT_API_TIMEOUT_S.
    """
    if not settings.HEALTH_DEEP_ENABLED:
        return HttpResponseNotFound()
    if request.method not in ALLOWED_METHODS:
        return HttpResponseNotAllowed(ALLOWED_METHODS)
    started = time.monotonic()
    deadline = started + 2 * settings.PAYMENT_API_TIMEOUT_S
    running = {name: _pool.submit(_timed, ask) for name, ask in DEPENDENCIES.items()}
    checks = {name: _outcome(name, future, deadline) for name, future in running.items()}
    healthy = all(check["status"] == "healthy" for check in checks.values())
    response = JsonResponse(
        {
            "status": "healthy" if healthy else "unhealthy",
            "timestamp": current_time(),
            "checks": checks,
        },
        status=200 if healthy else 503,
    )
    response["Cache-Control"] = "no-store"
    return response


def _timed(ask: Callable[[], None]) -> int:
    started = time.monotonic()
    ask()
    return round((time.monotonic() - started) * 1000)


def _outcome(name: str, future: "Future[int]", deadline: float) -> dict[str, str | int | None]:
    try:
        return {"status": "healthy", "duration_ms": future.result(max(0.0, deadline - time.monotonic()))}
    except NotInTime:
        future.cancel()
        logger.error("Deep health check: no answer in time", extra={"dependency": name})  # noqa: TRY400 - no news
    except Exception:
        logger.exception("Deep health check failed", extra={"dependency": name})
    return {"status": "unhealthy", "duration_ms": None}
