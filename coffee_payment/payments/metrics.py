"""What a process counts for Prometheus. docs/operations.md explains each figure and each alert.

Under gunicorn and in the Celery worker each process keeps its figures in memory-mapped files, so that one process can
answer for all of them: PROMETHEUS_MULTIPROC_DIR is set before this module is imported.

Labels are bounded: hosts come from the settings, everything else is one of the words below.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.db import transaction
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass

REGISTRY: Final = CollectorRegistry()
_BUCKETS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)

_steps = Counter("order_steps_total", "Changes of orders by their new status", ["status"], registry=REGISTRY)
_paid_to_made = Histogram(
    "paid_to_made_seconds",
    "From the payment, as the provider says or as it was learnt, to the machine's answer to the make command",
    buckets=_BUCKETS,
    registry=REGISTRY,
)
_call_errors = Counter(
    "provider_errors_total",
    "Calls of providers and TMetr without a usable answer",
    ["host", "kind"],
    registry=REGISTRY,
)
_checks = Counter("payment_check_runs_total", "Runs of the background check to their end", registry=REGISTRY)
_reconciliations = Counter(
    "reconciliation_runs_total", "Daily reconciliations by how they ended", ["outcome"], registry=REGISTRY
)
_disagreements = Counter(
    "reconciliation_disagreements_total",
    "What the daily reconciliations found, and breaches of the invariant, by kind",
    ["kind"],
    registry=REGISTRY,
)
# A series that begins at 1 has no increase for Prometheus, so the series begin at 0 here.
for _outcome in ("completed", "broken_off"):
    _reconciliations.labels(_outcome)


def count_step(status: str) -> None:
    """Count a change of an order's status once its transaction is committed."""
    transaction.on_commit(_steps.labels(status).inc, robust=True)


def observe_made(seconds: float) -> None:
    """Note how long a customer who had paid waited for the machine's answer."""
    _paid_to_made.observe(max(0.0, seconds))


def count_call_error(host: str, kind: str) -> None:
    """Count a call without a usable answer; `kind` is the name of the error's class."""
    _call_errors.labels(host, kind).inc()


def count_check() -> None:
    """Count a run of the background check."""
    _checks.inc()


def count_reconciliation(outcome: str) -> None:
    """Count a daily reconciliation: `completed` or `broken_off`."""
    _reconciliations.labels(outcome).inc()


def count_disagreements(kind: str, number: int) -> None:
    """Count what a daily reconciliation found; 0 lets the series begin."""
    _disagreements.labels(kind).inc(number)


class _Workers(MultiProcessCollector):
    """The library's collector, without the files of workers that are just starting."""

    def collect(self) -> Iterable[Metric]:
        """Return the sums over all workers.

        A worker makes its file first and gives it a length afterwards; the library cannot read an empty one.
        """
        files = [str(file) for file in Path(self._path).glob("*.db") if file.stat().st_size]
        return self.merge(files)  # type: ignore[no-any-return, no-untyped-call]  # the library has no types here


def collected() -> CollectorRegistry:
    """Return the figures of this process, or those of all that share PROMETHEUS_MULTIPROC_DIR."""
    if ValueClass is MutexValue:  # one process: the variable was not set at import
        return REGISTRY
    registry = CollectorRegistry()
    _Workers(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    return registry
