"""Runs of `manage.py reconcile_payments` that overlap, are interrupted, or lose the database."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any, Final

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from payments.models import JournalEntry, Order, Payment
from payments.orders.states import Cause
from provider_servers.messages import Answer, Call

from tests.shop import Providers, Shop
from tests.test_reconciliation import kinds, many, quick, run

LOST: Final = Order.objects.filter(status="not_paid")

__all__ = ["quick"]  # a fixture, for every test here too


def when_asked(providers: Providers, times: int, act: Callable[[], object]) -> None:
    """Act once the list was asked for so many times."""
    answer = providers.server.answer
    seen: list[Call] = []

    def asked(call: Call) -> Answer:
        if call.path.startswith("/v3/payments"):
            seen.append(call)
            if len(seen) == times:
                act()
        return answer(call)

    providers.server.answer = asked  # type: ignore[method-assign]


def test_a_payment_where_two_days_meet_is_told_once(shop: Shop, providers: Providers) -> None:
    """The slices that are read overlap, since the provider's clock may differ."""
    many(shop, providers, 1)
    moment = timezone.now() - timedelta(hours=36, minutes=10)
    providers.yookassa.payments["many-000000"]["created_at"] = moment.isoformat()
    Payment.objects.update(created_at=moment)

    until = timezone.now() - timedelta(hours=12)
    assert kinds("--since", (until - timedelta(days=2)).isoformat(), "--until", until.isoformat()) == [
        "not_in_ledger"
    ]


@pytest.mark.parametrize("asked", [2, 5])
def test_an_interrupted_run_is_one_line_and_completed_by_the_next(
    shop: Shop, providers: Providers, asked: int
) -> None:
    """Ctrl-C while the list is read (its second page), and while payments are corrected (the second of twenty)."""
    many(shop, providers, 200)
    when_asked(providers, asked, lambda: os.kill(os.getpid(), signal.SIGINT))
    output = StringIO()

    with pytest.raises(CommandError, match=r"^Interrupted") as end:
        call_command("reconcile_payments", "--apply", stdout=output, stderr=StringIO())

    assert end.value.returncode == 2
    corrected = Order.objects.filter(status="manual_make").count()
    assert corrected == Payment.objects.filter(status="successful", order__status="manual_make").count()
    assert (corrected > 0) == (asked > 2)
    assert len(kinds("--apply")) == 20 - corrected
    assert run() == (0, [])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", [5, 20])
def test_a_database_that_goes_away_is_one_line_and_nothing_half(
    transactional_db: None, providers: Providers, statement: int
) -> None:
    """While it reads, and in the transaction of a correction."""
    many(Shop(), providers, 40)
    left = [statement]

    def lose(execute: Any, *arguments: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            connection.connection.close()
        return execute(*arguments)

    with (
        connection.execute_wrapper(lose),
        pytest.raises(CommandError, match="database cannot be used") as end,
    ):
        call_command("reconcile_payments", "--apply", stdout=StringIO(), stderr=StringIO())

    connection.close()
    assert end.value.returncode == 2
    assert "\n" not in str(end.value)
    paid = Payment.objects.filter(order__in=Order.objects.filter(status="manual_make"))
    assert set(paid.values_list("status", flat=True)) <= {"successful"}
    run("--apply")
    assert (run(), LOST.count()) == ((0, []), 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_give_the_same(transactional_db: None, providers: Providers) -> None:
    """Both read everything, then both correct: each order is handed to staff once."""
    many(Shop(), providers, 50)
    both = threading.Barrier(2)
    when_asked(providers, 1, lambda: None)

    def reconcile(_: int) -> int:
        try:
            both.wait(10)
            return run("--apply")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(reconcile, range(2)))

    assert set(statuses) <= {0, 1}
    steps = JournalEntry.objects.filter(cause=Cause.SUCCEEDED).values_list("order_id", flat=True)
    assert sorted(steps) == sorted(f"many-{number:06}" for number in range(0, 50, 10))
    assert (run(), LOST.count()) == ((0, []), 0)
