"""A crash before and after every write and every outgoing call of the flow; then a restart, and time.

The points are found by running the flow once and counting: each statement that writes, each commit, and each call
of a provider or of TMetr. The flow is then run once for each point, dying there.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any, Final
from unittest.mock import patch

import pytest
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.db.models import F
from django.test import override_settings
from payments.background import tick
from payments.models import JournalEntry, Order, Payment, TBankPayment
from payments.orders import journal
from payments.orders.payment_results import MONEY_TAKEN
from payments.orders.truth import breaches
from payments.outgoing import http, questions
from payments.outgoing.http import run_in_time

from tests.shop import Providers, Shop, running_providers

WRITES: Final = ("INSERT", "UPDATE", "DELETE", "WITH")
FLOWS: Final = ("notified", "checked", "late")
SHORT: Final = (("Yookassa", "notified"), ("TBank", "late"))
LONG: Final = pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="set LONG_TESTS=1")
STEP: Final = 1 if os.environ.get("LONG_TESTS") else 2


class Death(BaseException):
    """Stands for the death of a process: nothing after this point ran, and its transaction is rolled back."""


class Points:
    """Counts the points; dies at one of them."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.names: list[str] = []
        self.dies_at = dies_at
        self.died = self.dead = False
        self.paused = False
        """Whether the test itself writes."""

    def pass_by(self, name: str) -> None:
        if self.paused:
            return
        self.stay_dead()
        if self.dies_at == len(self.names) and not self.died:
            self.died = self.dead = True
            raw = connections["default"].connection
            if raw is not None:
                raw.close()  # the database rolls the open transaction back, as when a process ends
            raise Death(name)
        if not self.died:
            self.names.append(name)

    def stay_dead(self) -> None:
        """Let nothing be done by code that handles the error which the death looks like."""
        if self.dead:
            raise Death

    def around_statement(self, execute: Any, statement: str, parameters: Any, many: Any, context: Any) -> Any:
        self.stay_dead()
        if not statement.lstrip().startswith(WRITES):
            return execute(statement, parameters, many, context)
        name = " ".join(statement.split()[:3])
        self.pass_by(f"before {name}")
        result = execute(statement, parameters, many, context)
        self.pass_by(f"after {name}")
        return result

    def around_call(self, exchange: Any) -> Any:
        name = f"{exchange.method} {exchange.url.partition('://')[2].partition('/')[2][:20]}"
        self.pass_by(f"before {name}")
        answer = run_in_time(exchange)
        self.pass_by(f"after {name}")
        return answer

    @contextmanager
    def watching(self) -> Iterator[None]:
        real: Any = connections["default"]
        commit = real._commit

        def commit_or_die() -> Any:
            self.pass_by("before COMMIT")
            result = commit()
            self.pass_by("after COMMIT")
            return result

        with (
            connection.execute_wrapper(self.around_statement),
            patch.object(http, "run_in_time", self.around_call),
            patch.object(real, "_commit", commit_or_die),
            patch.object(questions, "ask", in_this_thread),
        ):
            yield


def in_this_thread(_payment_id: str, work: Callable[[], None], **_: Any) -> None:
    """Do what a notification leads to where its points are seen; in a thread of its own it writes the same."""
    work()


class Flow:
    """One order from the scan to the make command, in processes that may die; each step is repeated as in life."""

    def __init__(self, providers: Providers, shop: Shop, device: Any, way: str) -> None:
        self.providers, self.shop, self.device, self.way = providers, shop, device, way
        is_bank = device.payment_scenario == "TBank"
        self.provider: Any = providers.tbank if is_bank else providers.yookassa
        self.path = "/v1/tbank-pay-webhook" if is_bank else "/v1/yook-pay-webhook"
        self.paid: str | None = None

    def run(self, points: Points) -> None:
        self.points = points
        with points.watching():
            self._alive(lambda: self.shop.scan(self.device, uuid="o"))
            page = self._alive(lambda: self.shop.initiate(Order(pk="o")))
            if page is None or page.status_code != 200:
                # The customer comes back: scans and presses again, once the open attempt has ended.
                self._pass_time(6)
                self._alive(lambda: self.shop.scan(self.device, uuid="o"))
                page = self._alive(lambda: self.shop.initiate(Order(pk="o")))
            if page is None or page.status_code != 200:
                return  # the customer has no page to pay on
            self._pay(page.json()["redirect_url"].rpartition("/")[2])
            if self.way == "notified":
                self._alive(lambda: self.shop.notify(self.path, self.provider.notification(self.paid)))
            self._pass_time(3)
            self._alive(tick.check_pending_payments)

    def _pay(self, payment_id: str) -> None:
        if self.way == "late":
            self._pass_time(1000)
            self._alive(tick.check_pending_payments)
        self.provider.settle(payment_id, self.provider.paid)
        self.paid = payment_id

    def _pass_time(self, seconds: int) -> None:
        self.points.paused = True
        pass_time(seconds)
        self.points.paused = False

    def _alive(self, act: Callable[[], Any]) -> Any:
        """Act in a process that may die; return None when it did."""
        result = None
        try:
            result = act()
        except (Death, DatabaseError, InterfaceError):
            if not self.points.died:
                raise
        if self.points.dead:
            self.points.dead = False
            # A new process has a new connection: Django keeps one that was lost within a transaction.
            real: Any = connections["default"]
            real.in_atomic_block = real.closed_in_transaction = False
            real.close()
            return None
        return result

    def judge(self, where: str) -> None:
        """Let time pass, then look: without any further notification."""
        for seconds in (31, 61, 1000, 450):
            pass_time(seconds)
            tick.check_pending_payments()
        commands = len(self.providers.tmetr.commands)
        assert commands <= 1, where
        assert breaches() == [], where
        order = Order.objects.filter(pk="o").first()
        if order is not None:
            assert journal.replayed_status(journal.history("o")) == order.status, where
            assert order.status not in {"pending", "paid"}, where
            assert order.status != "make_pending" or order.make_answered_at is not None, where
        if self.paid:
            assert order is not None, where
            assert order.status in MONEY_TAKEN, where
            assert Payment.objects.filter(transaction_id=self.paid, status="successful").exists(), where
        else:
            assert not commands, where


def pass_time(seconds: int) -> None:
    """Make every stored time older."""
    past = timedelta(seconds=seconds)
    for model in (Order, Payment):
        names = [field.name for field in model._meta.fields if field.name.endswith("_at")]
        model._default_manager.update(**{name: F(name) - past for name in names})


def clear(providers: Providers) -> None:
    JournalEntry.objects.all().prune()
    TBankPayment.objects.all().delete()
    Order.objects.all().delete()
    for provider in (providers.yookassa, providers.tbank):
        provider.payments.clear()
    providers.tmetr.commands.clear()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("scenario", "way"),
    [
        *SHORT,
        *(
            pytest.param(*each, marks=LONG)
            for each in product(("Yookassa", "TBank"), FLOWS)
            if each not in SHORT
        ),
    ],
)
def test_a_crash_at_any_point_loses_nothing(
    scenario: str,
    way: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, Any], None],
) -> None:
    settings.PAYMENT_CHECK_THREADS = 1
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    shop = Shop()
    device = shop.device(scenario)
    shop.credentials(scenario, status_check_type="webhook" if way == "notified" else "polling")
    with running_providers() as providers, override_settings(**providers.settings()):
        calm = Points()
        flow = Flow(providers, shop, device, way)
        flow.run(calm)
        flow.judge("no crash")
        assert len(calm.names) > 30
        for number, name in list(enumerate(calm.names))[::STEP]:
            clear(providers)
            points = Points(dies_at=number)
            flow = Flow(providers, shop, device, way)
            flow.run(points)
            assert points.died, f"point {number}, {name}, was not hit"
            flow.judge(f"point {number}, {name}")
    record_property("crash_points", len(calm.names))
    print(f"crash points of {scenario}, {way}: {len(calm.names)}, each hit")  # noqa: T201 - the count is a result
    assert not transaction.get_connection().in_atomic_block
