"""The figures of the Celery worker for Prometheus, on a port of its own, outside of the public web server.

Beside what the processes count (`payments.metrics`), a scrape asks the database how many orders and payments are open,
through indexes only. When the database does not answer in time, the scrape says so and has the counters alone.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from payments.background.reconciliation.disagreements import KINDS
from payments.metrics import collected, count_disagreements
from payments.models import Order, Payment
from payments.orders.cases import open_cases
from payments.orders.truth import BREACHES, breaches

logger = logging.getLogger(__name__)

OPEN: Final = (Order.Status.PENDING, Order.Status.PAID, Order.Status.MAKE_FAILED, Order.Status.MANUAL_MAKE)
"""Statuses that an order is meant to leave; the others may hold every order there ever was."""
WINDOW: Final = timedelta(days=7)
"""How old the payments are at most that each scrape looks at for breaches; the daily reconciliation looks at all."""
_TIME_LIMIT_MS: Final = 5000


class Figures(Collector):
    """Asks the database at each scrape."""

    def collect(self) -> Iterator[Any]:
        """Yield the gauges; `payment_figures_up` is 0, and alone, when the database does not answer in time."""
        families: list[GaugeMetricFamily] = []
        try:
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute(f"SET LOCAL statement_timeout = {_TIME_LIMIT_MS}")
                families = [_orders(), _doubts(), *_cases(), _breaches()]
        except (DatabaseError, InterfaceError):
            logger.exception("no figures of the payments")
        finally:
            if not connection.in_atomic_block:  # a test's
                connection.close()
        up = GaugeMetricFamily("payment_figures_up", "Whether the database answered this scrape")
        up.add_metric([], 1.0 if families else 0.0)
        yield up
        yield from families


def _orders() -> GaugeMetricFamily:
    counts = Order.objects.filter(status__in=OPEN).values_list("status").annotate(Count("pk")).order_by()
    return _family("orders_open", "Orders that have not ended, by status", "status", dict(counts), OPEN)


def _doubts() -> GaugeMetricFamily:
    open_doubts = Payment.objects.filter(doubt__isnull=False, closed_at__isnull=True)
    counts = open_doubts.values_list("doubt").annotate(Count("pk")).order_by()
    return _family(
        "payments_in_doubt", "Payments in doubt, by kind", "doubt", dict(counts), Payment.Doubt.values
    )


def _cases() -> Iterator[GaugeMetricFamily]:
    number, oldest = open_cases().aggregate(number=Count("pk"), oldest=Min("created_at")).values()
    yield GaugeMetricFamily("staff_cases", "Open cases for staff", value=number)
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("staff_oldest_case_seconds", "Age of the oldest open case for staff", value=age)


def _breaches() -> GaugeMetricFamily:
    counts = Counter(breach.kind for breach in breaches(since=timezone.now() - WINDOW))
    return _family("payment_breaches", "Breaches of the invariant, by kind", "kind", counts, BREACHES)


def _family(name: str, text: str, label: str, counts: Any, values: Any) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value in values:
        family.add_metric([str(value)], counts.get(value, 0))
    return family


def serve() -> None:
    """Answer Prometheus on WORKER_METRICS_PORT from now on, in a thread; port 0: do not."""
    for kind in (*KINDS, *BREACHES):
        count_disagreements(kind, 0)
    if not settings.WORKER_METRICS_PORT:
        return
    start_http_server(settings.WORKER_METRICS_PORT, registry=scrape_registry())


def scrape_registry() -> CollectorRegistry:
    """Return what a scrape of the worker shows."""
    registry = CollectorRegistry()
    registry.register(Figures())
    registry.register(collected())
    return registry
