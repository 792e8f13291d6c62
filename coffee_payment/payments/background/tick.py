"""One tick: checks all due orders and attempts, several at a time."""

import logging
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from payments import metrics
from payments.background import follow_up
from payments.background.check import check
from payments.background.claims import claim, due, sweep
from payments.background.connections import Pool
from payments.models import Device, MerchantCredentials, Order
from payments.providers.credentials import find_credentials

logger = logging.getLogger(__name__)

THREADS_PER_CONNECTION: Final = 4
"""A thread waits for providers most of the time, and needs no connection then."""


def check_pending_payments() -> int:
    """Run one tick; return the number of orders checked and attempts followed up."""
    checked = _run()
    metrics.count_check()
    return checked


def _run() -> int:
    batch = int(settings.PAYMENT_CHECK_BATCH_SIZE)
    sweep(batch)
    now = timezone.now()
    count = len(due(now).values_list("pk", flat=True)[:batch])
    followed = len(follow_up.due(now).values_list("pk", flat=True)[:batch])
    if not count and not followed:
        logger.debug("background check: nothing due")
        return 0
    logger.info("background check begins", extra={"due": count, "due_for_follow_up": followed})
    tick = _Tick(orders_left=batch if count else 0, attempts_left=batch if followed else 0)
    # A database without row locks (SQLite) gains nothing from several connections.
    wanted = min(int(settings.PAYMENT_CHECK_THREADS), max(count, followed))
    threads = wanted if connection.features.has_select_for_update_skip_locked else 1
    if threads == 1:
        tick.work()
    else:
        pool = Pool(math.ceil(threads / THREADS_PER_CONNECTION))
        try:
            with ThreadPoolExecutor(threads, thread_name_prefix="payment-check") as executor:
                for future in [
                    executor.submit(copy_context().run, tick.work_apart, pool) for _ in range(threads)
                ]:
                    future.result()
        finally:
            pool.close()
    logger.info("background check ends", extra={"checked": tick.checked})
    return tick.checked


@dataclass
class _Tick:
    """The state that the threads of one tick share."""

    orders_left: int
    attempts_left: int
    checked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _devices: dict[Any, Device] = field(default_factory=dict)
    _credentials: dict[tuple[Any, str], MerchantCredentials | None] = field(default_factory=dict)

    def work_apart(self, pool: Pool) -> None:
        """Work in a thread, with connections of the pool."""
        with pool.taken():
            self.work()

    def work(self) -> None:
        """Check one order after another, then one attempt after another, until none is due or the batch is used up."""
        while self._take("orders_left") and (claimed := claim()) is not None:
            self._count()
            try:
                check(claimed, self._credentials_of(claimed.order))
            except Exception:
                # One order must not end the tick; it is due again when its lease ends.
                logger.exception("check failed", extra={"order_id": claimed.order.pk})
        while self._take("attempts_left") and (attempt := follow_up.claim()) is not None:
            self._count()
            try:
                follow_up.follow_up(attempt, self._credentials_for)
            except Exception:
                logger.exception("follow-up failed", extra={"order_id": attempt.payment.order_id})

    def _take(self, what: str) -> bool:
        with self._lock:
            left = getattr(self, what)
            setattr(self, what, left - 1)
            return bool(left > 0)

    def _count(self) -> None:
        with self._lock:
            self.checked += 1

    def _credentials_of(self, order: Order) -> MerchantCredentials | None:
        """Return an order's credentials, and set its device: each is read once a tick."""
        with self._lock:
            if order.device_id in self._devices:
                order.device = self._devices[order.device_id]
            self._devices[order.device_id] = order.device
        return self._credentials_for(order, order.scenario)

    def _credentials_for(self, order: Order, scenario: str) -> MerchantCredentials | None:
        with self._lock:
            key = (order.merchant_id, scenario)
            if key not in self._credentials:
                self._credentials[key] = find_credentials(order, scenario)
            return self._credentials[key]
