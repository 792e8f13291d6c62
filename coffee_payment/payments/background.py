"""The background payment check: claim, ask, apply (docs/domain.md, section 7).

Orders are claimed one at a time, each in a short transaction of its own, so ticks and workers may overlap. The
claim is a lease: it sets `next_check_at` to its own end, and only the process that still finds its value there may
act on the answer. The provider is asked without a lock or a transaction.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from payments.models import Device, MerchantCredentials, Order, StatusCheckType
from payments.orders import payment_results, states
from payments.orders.initiation import attempt_lease
from payments.orders.states import ABANDONED_AFTER, Cause
from payments.outgoing.errors import ProviderError
from payments.providers.base import Provider
from payments.providers.credentials import find_credentials, require_credentials
from payments.providers.payment import FetchedPayment, PaymentState
from payments.providers.registry import polled_scenarios, provider_of

logger = logging.getLogger(__name__)

CONCURRENCY: Final = 40
"""Orders that one tick checks at a time, each on its own database connection."""
S = Order.Status


def check_pending_payments() -> int:
    """Run one tick; return the number of orders checked."""
    batch = int(settings.PAYMENT_CHECK_BATCH_SIZE)
    _sweep(batch)
    due = len(_due(timezone.now()).values_list("pk", flat=True)[:batch])
    if not due:
        logger.debug("background check: nothing due")
        return 0
    logger.info("background check begins", extra={"due": due})
    tick = _Tick(remaining=batch)
    # A database without row locks (SQLite) gains nothing from several connections.
    threads = min(CONCURRENCY, due) if connection.features.has_select_for_update_skip_locked else 1
    if threads == 1:
        tick.work()
    else:
        with ThreadPoolExecutor(threads, thread_name_prefix="payment-check") as pool:
            for future in [pool.submit(copy_context().run, tick.work_apart) for _ in range(threads)]:
                future.result()
    logger.info("background check ends", extra={"checked": tick.checked})
    return tick.checked


@dataclass(frozen=True)
class Claim:
    """An order that only this process may act on until the lease ends."""

    order: Order
    claimed_at: datetime
    lease_ends: datetime

    def holds(self, order: Order) -> bool:
        """Return whether the locked order still has this claim's lease."""
        return order.status == S.PENDING and order.next_check_at == self.lease_ends


def claim() -> Claim | None:
    """Claim the order that has been due longest; return None when no order is due."""
    now = timezone.now()
    lease_ends = now + attempt_lease()
    while True:
        with transaction.atomic():
            order = (
                _due(now).select_for_update(skip_locked=True, of=("self",)).order_by("next_check_at").first()
            )
            if order is None:
                return None
            # The filter is for databases without row locks, where two processes may read the same order.
            taken = Order.objects.filter(
                pk=order.pk, status=S.PENDING, next_check_at=order.next_check_at
            ).update(last_check_at=now, next_check_at=lease_ends, updated_at=now)
        if taken:
            return Claim(order, now, lease_ends)


def check(claimed: Claim, credentials: MerchantCredentials | None) -> None:
    """Ask the provider about a claimed order and act on the answer."""
    order = claimed.order
    if not order.payment_reference_id:
        logger.error("pending without a payment reference", extra={"order_id": order.pk})
        states.change(order.pk, Cause.NO_REFERENCE, only_if=claimed.holds)
        return
    try:
        provider = provider_of(order.device)
        payment = provider.fetch(require_credentials(credentials), order.payment_reference_id)
    except ProviderError as error:
        _count_failure(claimed, error)
        return
    _apply(provider, claimed, payment)


@dataclass
class _Tick:
    """The state that the threads of one tick share."""

    remaining: int
    checked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _devices: dict[Any, Device] = field(default_factory=dict)
    _credentials: dict[tuple[Any, str], MerchantCredentials | None] = field(default_factory=dict)

    def work_apart(self) -> None:
        """Work in a thread, and close the thread's database connection at the end."""
        try:
            self.work()
        finally:
            connection.close()

    def work(self) -> None:
        """Check one order after another until none is due or the batch is used up."""
        while self._take() and (claimed := claim()) is not None:
            with self._lock:
                self.checked += 1
            try:
                check(claimed, self._credentials_of(claimed.order))
            except Exception:
                # One order must not end the tick; it is due again when its lease ends.
                logger.exception("check failed", extra={"order_id": claimed.order.pk})

    def _take(self) -> bool:
        with self._lock:
            self.remaining -= 1
            return self.remaining >= 0

    def _credentials_of(self, order: Order) -> MerchantCredentials | None:
        """Return an order's credentials, and set its device: each is read once a tick."""
        with self._lock:
            if order.device_id in self._devices:
                order.device = self._devices[order.device_id]
            device = self._devices[order.device_id] = order.device
            key = (order.merchant_id, device.scenario)
            if key not in self._credentials:
                self._credentials[key] = find_credentials(order)
            return self._credentials[key]


def _due(now: datetime) -> QuerySet[Order]:
    return Order.objects.filter(
        status=S.PENDING,
        status_check_type=StatusCheckType.POLLING,
        next_check_at__lte=now,
        device__payment_scenario__in=polled_scenarios(),
    )


def _unpolled() -> Q:
    """Return the condition for orders that never become due."""
    return (
        Q(next_check_at__isnull=True)
        | Q(status_check_type__isnull=True)
        | ~Q(status_check_type=StatusCheckType.POLLING)
        | ~Q(device__payment_scenario__in=polled_scenarios())
    )


def _sweep(batch: int) -> None:
    """Change what no check will: orders whose process died in `paid`, and expired ones that are not polled."""
    now = timezone.now()
    abandoned = Order.objects.filter(status=S.PAID, updated_at__lt=now - ABANDONED_AFTER)
    expired = Order.objects.filter(_unpolled(), status=S.PENDING, expires_at__lt=now)
    for orders, cause in ((abandoned, Cause.ABANDONED), (expired, Cause.EXPIRED)):
        for order_id in list(orders.values_list("pk", flat=True)[:batch]):
            states.change(order_id, cause)


def _count_failure(claimed: Claim, error: ProviderError) -> None:
    """Count an error of the provider; above the limit the order fails."""
    with transaction.atomic():
        order = states.lock(claimed.order.pk)
        if order is None or not claimed.holds(order):
            return
        order.check_attempts += 1
        facts = {"order_id": order.pk, "reason": str(error), "attempts": order.check_attempts}
        logger.warning("payment check failed", extra=facts)
        if order.check_attempts <= settings.PAYMENT_ATTEMPTS_LIMIT:
            _reschedule(order, settings.FAST_TRACK_INTERVAL_S)
            return
        logger.error("payment check attempts exhausted", extra=facts)
        states.change_locked(order, Cause.EXHAUSTED, check_attempts=order.check_attempts)


def _apply(provider: Provider, claimed: Claim, payment: FetchedPayment) -> None:
    """Act on an answer. A check that began after the order expired is the last one."""
    order = claimed.order
    logger.info("payment checked", extra={"order_id": order.pk, "provider_status": payment.raw_status})
    state = payment.state
    is_ours = provider.owns_order_id(payment.order_id, order.pk)
    if not is_ours or not payment_results.pays_for(payment, order):
        logger.error("the payment is not this order's", extra={"order_id": order.pk})
        state = PaymentState.OTHER
    if state is PaymentState.OTHER:
        logger.warning(
            "unknown payment status", extra={"order_id": order.pk, "provider_status": payment.raw_status}
        )
    if state in _SETTLED:
        payment_results.apply(provider, order, payment, only_if=claimed.holds)
    elif order.is_expired(claimed.claimed_at):
        states.change(order.pk, Cause.EXPIRED, only_if=claimed.holds, check_attempts=0)
    else:
        _look_again(claimed)


_SETTLED: Final = frozenset({PaymentState.SUCCEEDED, PaymentState.CANCELED, PaymentState.WAITING_FOR_CAPTURE})


def _look_again(claimed: Claim) -> None:
    with transaction.atomic():
        order = states.lock(claimed.order.pk)
        if order is None or not claimed.holds(order):
            return
        order.check_attempts = 0
        elapsed = timezone.now() - (order.payment_started_at or timezone.now())
        fast = elapsed <= timedelta(seconds=settings.FAST_TRACK_LIMIT_S)
        _reschedule(order, settings.FAST_TRACK_INTERVAL_S if fast else settings.SLOW_TRACK_INTERVAL_S)


def _reschedule(order: Order, seconds: float) -> None:
    order.next_check_at = timezone.now() + timedelta(seconds=seconds)
    order.save(update_fields=["next_check_at", "check_attempts", "updated_at"])
