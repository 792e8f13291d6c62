"""Random interleavings of everything that can happen to an order, on real row locks.

Customer, provider, webhooks, checks, staff, time and dying processes take turns; a check is
split into claim and answer, so that anything may come in between.
"""

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from unittest.mock import patch

import pytest
from django.db.models import F
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from payments.background import claims, tick
from payments.models import Device, Order, Payment, TBankPayment
from payments.orders import initiation, make_command, payment_results, states
from payments.orders.states import Cause
from payments.outgoing import tmetr
from payments.providers.credentials import find_credentials
from provider_servers import Fault

from tests.shop import Providers, Shop, running_providers

pytestmark = pytest.mark.slow

PAID: Final = payment_results.MONEY_TAKEN
BANK_WORDS: Final = {
    "succeeded": "CONFIRMED",
    "canceled": "CANCELED",
    "waiting_for_capture": "AUTHORIZED",
    "pending": "NEW",
}
MAKE: Final = "/api/commander/v1/command/make"
EXAMPLES: Final = 500 if os.environ.get("LONG_TESTS") else 30
FAULTS: Final = st.sampled_from(["status", "garbage", "drop", "drop_after"])


class Death(BaseException):
    """Stands for the death of a process: nothing after this point ran."""


@contextmanager
def dying_at(module: Any, name: str) -> Iterator[None]:
    """Run the body in a process that dies when it calls this function."""
    with patch.object(module, name, side_effect=Death):
        try:
            yield
        except Death:
            return


class OrderMachine(RuleBasedStateMachine):
    """One order, its device's provider, and everything that may act on them."""

    providers: Providers
    shop: Shop
    device: Device

    def __init__(self) -> None:
        super().__init__()
        for provider in (self.providers.yookassa, self.providers.tbank):
            provider.payments.clear()
        self.providers.tmetr.commands.clear()
        self.providers.server.faults.clear()
        self.providers.server.calls.clear()
        self.order = self.shop.order(self.device, id=f"o-{uuid.uuid4().hex[:12]}")
        self.scenario = self.device.scenario
        self.claims: list[claims.Claim] = []
        self.seen = "created"
        self.provider: Any = self.providers.tbank if self.scenario == "TBank" else self.providers.yookassa

    # the customer and the provider

    @initialize(pressed=st.sampled_from([True, True, True, False]))
    def begin(self, pressed: bool) -> None:
        if pressed:
            self.press_pay()

    @rule()
    def press_pay(self) -> None:
        assert self.shop.initiate(self.order).status_code in {200, 400, 409, 503}

    @rule(kind=FAULTS)
    def press_pay_at_a_bad_moment(self, kind: str) -> None:
        self.providers.server.faults.add(Fault(kind, path="/v", times=1))
        self.press_pay()
        self.providers.server.faults.clear()

    @rule()
    def press_pay_and_the_process_dies_before_it_stores_the_answer(self) -> None:
        with dying_at(initiation, "_store"):
            self.press_pay()

    @precondition(lambda self: self._payable())
    @rule(data=st.data(), notifications=st.integers(0, 2))
    def customer_pays(self, data: st.DataObject, notifications: int) -> None:
        payment_id = self._one_of(self._payable(), data)
        self._settle(payment_id, "succeeded")
        for _ in range(notifications):
            self._notify(payment_id)

    @precondition(lambda self: self._payable())
    @rule(data=st.data(), place=st.sampled_from([(make_command, "send"), (tmetr, "send_make_command")]))
    def customer_pays_and_the_process_dies(self, data: st.DataObject, place: tuple[Any, str]) -> None:
        payment_id = self._one_of(self._payable(), data)
        self._settle(payment_id, "succeeded")
        with dying_at(*place):
            self._notify(payment_id)

    @precondition(lambda self: self._payable())
    @rule(data=st.data(), word=st.sampled_from(["canceled", "waiting_for_capture"]))
    def provider_gives_up(self, data: st.DataObject, word: str) -> None:
        payment_id = self._one_of(self._payable(), data)
        if not self._succeeded(self.provider.payments[payment_id]):
            self._settle(payment_id, word)

    # the server's processes

    @precondition(lambda self: self.provider.payments)
    @rule(data=st.data())
    def webhook(self, data: st.DataObject) -> None:
        self._notify(self._one_of(self.provider.payments, data))

    @precondition(lambda self: self.provider.payments)
    @rule(data=st.data(), kind=FAULTS)
    def webhook_while_the_machines_service_fails(self, data: st.DataObject, kind: str) -> None:
        payment_id = self._one_of(self.provider.payments, data)
        self.providers.server.faults.add(Fault(kind, path="/api/", times=1))
        self._notify(payment_id)
        self.providers.server.faults.clear()

    @rule()
    def forged_webhooks(self) -> None:
        forged = {"id": "payment-x", "status": "succeeded", "metadata": {"order_uuid": self.order.pk}}
        self.shop.notify("/v1/yook-pay-webhook", {"event": "payment.succeeded", "object": forged})
        self.shop.notify("/v1/tbank-pay-webhook", {"PaymentId": "1", "OrderId": self.order.pk, "Token": ""})

    @rule()
    def check_claims(self) -> None:
        claimed = claims.claim()
        if claimed is not None:
            self.claims.append(claimed)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), dies=st.booleans())
    def check_goes_on(self, data: st.DataObject, dies: bool) -> None:
        claimed = self.claims.pop(data.draw(st.integers(0, len(self.claims) - 1)))
        credentials = find_credentials(claimed.order)
        if dies:
            with dying_at(make_command, "send"):
                tick.check(claimed, credentials)
        else:
            tick.check(claimed, credentials)

    @rule()
    def tick(self) -> None:
        tick.check_pending_payments()

    @rule(cause=st.sampled_from([Cause.STAFF_MADE, Cause.STAFF_TAKES_OVER]))
    def staff_acts(self, cause: Cause) -> None:
        states.change(self.order.pk, cause)

    @rule(seconds=st.sampled_from([3, 3, 6, 6, 10, 10, 40, 40, 310, 1000]))
    def time_passes(self, seconds: int) -> None:
        """Make every stored time older."""
        past = timedelta(seconds=seconds)
        names = (
            "expires_at",
            "payment_started_at",
            "next_check_at",
            "last_check_at",
            "updated_at",
            "make_claimed_at",
            "make_sent_at",
            "make_answered_at",
        )
        Order.objects.filter(pk=self.order.pk).update(**{name: F(name) - past for name in names})
        attempt = ("created_at", "next_check_at", "last_check_at")
        Payment.objects.filter(order=self.order).update(**{name: F(name) - past for name in attempt})

    # what must hold at any time

    @invariant()
    def all_rules_hold(self) -> None:
        """One make command at most; paid only by the provider's answer; no step back; commands only after a claim."""
        status = self._status()
        commands = len(self.providers.server.calls_to(MAKE))
        assert commands <= 1
        assert status not in PAID or any(map(self._succeeded, self.provider.payments.values()))
        assert self.seen not in PAID or status in PAID
        assert self.seen != "successful" or status == "successful"
        assert status != "paid" or self.seen in {"pending", "paid"}
        assert not commands or status in {"make_pending", "make_failed", "manual_make", "successful"}
        self.seen = status

    def teardown(self) -> None:
        """In the end, without a notification, every paid order is made or with staff, and no order is pending."""
        for _ in range(3):
            self.time_passes(1000)
            tick.check_pending_payments()
        assert self._status() not in {"pending", "paid"}
        paid = [i for i, p in self.provider.payments.items() if self._is_stored(i) and self._succeeded(p)]
        assert self._status() in PAID or not paid
        rows = Payment.objects.filter(order=self.order, status="successful")
        assert set(paid) <= set(rows.values_list("transaction_id", flat=True))
        assert rows.exclude(doubt="paid_twice").count() <= 1
        for payment_id, payment in list(self.provider.payments.items()):
            if self._succeeded(payment):
                assert self._notify(payment_id) == (200 if self._is_known(payment_id) else 404)
        known = [p for i, p in self.provider.payments.items() if self._is_known(i) and self._succeeded(p)]
        assert self._status() in PAID or not known
        order = Order.objects.get(pk=self.order.pk)
        assert order.status != "make_pending" or order.make_answered_at is not None
        self.all_rules_hold()
        self.order.delete()
        TBankPayment.objects.all().delete()

    def _payable(self) -> list[str]:
        """Return the payments that the customer can still pay: YooKassa's are at their end when canceled."""
        return [i for i, payment in self.provider.payments.items() if payment.get("status") != "canceled"]

    def _one_of(self, payments: Iterable[str], data: st.DataObject) -> str:
        """Draw a payment, more often the newest one."""
        newest_first = list(reversed([*payments]))
        return newest_first[data.draw(st.sampled_from([0, 0, *range(len(newest_first))]))]

    def _settle(self, payment_id: str, word: str) -> None:
        self.provider.settle(payment_id, BANK_WORDS[word] if self.scenario == "TBank" else word)

    def _status(self) -> str:
        return str(Order.objects.values_list("status", flat=True).get(pk=self.order.pk))

    def _succeeded(self, payment: dict[str, Any]) -> bool:
        return payment.get("status") == "succeeded" or payment.get("Status") == "CONFIRMED"

    def _is_stored(self, payment_id: str) -> bool:
        return Payment.objects.filter(transaction_id=payment_id).exists()

    def _is_known(self, payment_id: str) -> bool:
        """Return whether the server can know the payment; a bank's payment cannot be paid before it is stored."""
        return self.scenario != "TBank" or self._is_stored(payment_id)

    def _notify(self, payment_id: str) -> int:
        path = "/v1/tbank-pay-webhook" if self.scenario == "TBank" else "/v1/yook-pay-webhook"
        return int(self.shop.notify(path, self.provider.notification(payment_id)).status_code)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("check_type", ["polling", "webhook"])
@pytest.mark.parametrize("scenario", ["Yookassa", "TBank"])
def test_no_interleaving_breaks_an_order(scenario: str, check_type: str) -> None:
    """No second make command, no paid order without the provider's answer, no lost order, no step back."""
    shop = Shop()
    device = shop.device(scenario)
    shop.credentials(scenario, status_check_type=check_type)
    # On a busy machine the local server may be slow; no rule here is about timeouts.
    changes = {"PAYMENT_API_TIMEOUT_S": 30, "PAYMENT_CHECK_THREADS": 1}
    with running_providers() as providers, override_settings(**(providers.settings() | changes)):
        machine = type("Machine", (OrderMachine,), {"providers": providers, "shop": shop, "device": device})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
