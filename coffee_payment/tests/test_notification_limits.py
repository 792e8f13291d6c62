"""Notifications at a provider that does not answer, and forged ones: no answer is late, and few questions are asked."""

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connections
from payments import webhooks
from payments.models import Order
from payments.outgoing import bulkhead, questions

from tests.shop import Providers, Shop, state
from verification.processes.wait import wait_for

PATH = "/v1/yook-pay-webhook"
ASKED = "/v3/payments/"


@contextmanager
def held(providers: Providers) -> Iterator[Any]:
    """Let the provider answer only when the body ends, or when it sets the event."""
    released, answer_of = threading.Event(), providers.server.answer

    def answer(call: Any) -> Any:
        released.wait(30)
        return answer_of(call)

    providers.server.answer = answer  # type: ignore[method-assign]
    try:
        yield released
    finally:
        released.set()


def claim(order: Order, payment_id: str) -> dict[str, Any]:
    return {"event": "payment.succeeded", "object": {"id": payment_id, "metadata": {"order_uuid": order.pk}}}


def asked(providers: Providers) -> int:
    return len(providers.server.calls_to(ASKED, "GET"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_answer_is_never_late_and_what_has_begun_is_finished(
    shop: Shop, providers: Providers, settings: Any
) -> None:
    """One question for many notifications; each is answered within a second; the begun one makes the drink."""
    settings.PAYMENT_API_TIMEOUT_S = 20
    order = shop.pending()
    payment_id = str(order.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded")
    body = providers.yookassa.notification(payment_id)

    def notify(_: int) -> tuple[int, str, float]:
        begun = time.monotonic()
        try:
            answer = shop.notify(PATH, body)
        finally:
            connections.close_all()
        return answer.status_code, answer.headers.get("Retry-After", ""), time.monotonic() - begun

    with held(providers) as released, ThreadPoolExecutor(8) as senders:
        before = asked(providers)
        answers = list(senders.map(notify, range(8)))
        assert [answer[:2] for answer in answers] == [(503, "5")] * 8
        # From the view's begin: here eight clients also share one interpreter.
        assert max(answer[2] for answer in answers) < questions.ANSWER_SECONDS + 1
        assert asked(providers) == before + 1
        assert state(order) == "pending"

        released.set()
        assert wait_for(lambda: not questions.under_way(), seconds=20)
    assert (state(order), providers.tmetr.made(order.pk)) == ("make_pending", 1)
    assert shop.notify(PATH, body).status_code == 200
    assert bulkhead.limit("webhooks") == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_forged_notification_does_not_answer_for_the_genuine_one(
    shop: Shop, providers: Providers, settings: Any
) -> None:
    """It names somebody's payment for another order, while the genuine one of that payment comes."""
    settings.PAYMENT_API_TIMEOUT_S = 20
    order, other = shop.pending(), shop.pending()
    payment_id = str(order.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded")

    def notify(body: dict[str, Any]) -> int:
        try:
            return int(shop.notify(PATH, body).status_code)
        finally:
            connections.close_all()

    with held(providers) as released, ThreadPoolExecutor(2) as senders:
        forged = senders.submit(notify, claim(other, payment_id))
        assert wait_for(lambda: questions.under_way() == 1, seconds=5)
        genuine = senders.submit(notify, providers.yookassa.notification(payment_id))
        wait_for(lambda: questions.under_way() == 2, seconds=0.3)
        released.set()
        assert (forged.result(), genuine.result()) == (400, 200)
    assert state(order) == "make_pending"


def test_forged_ids_have_a_budget_for_each_order(shop: Shop, providers: Providers) -> None:
    """Beyond it 503; the order's own payment and other orders are asked about as before."""
    order, other = shop.pending(), shop.pending()
    before = asked(providers)

    statuses = [shop.notify(PATH, claim(order, str(uuid.uuid4()))).status_code for _ in range(50)]

    assert statuses == [400] * webhooks.UNKNOWN_IDS + [503] * (50 - webhooks.UNKNOWN_IDS)
    assert asked(providers) == before + webhooks.UNKNOWN_IDS
    assert shop.notify(PATH, claim(other, str(uuid.uuid4()))).status_code == 400
    payment_id = str(order.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded")
    assert shop.notify(PATH, providers.yookassa.notification(payment_id)).status_code == 200
    assert state(order) == "make_pending"


def test_the_budget_comes_back_with_time(shop: Shop, providers: Providers) -> None:
    """An attempt that lost its id is found by a repeat of its notification."""
    order = shop.pending()
    for _ in range(webhooks.UNKNOWN_IDS):
        shop.notify(PATH, claim(order, str(uuid.uuid4())))
    assert shop.notify(PATH, claim(order, str(uuid.uuid4()))).status_code == 503

    with time_machine.travel(time.time() + 60 * webhooks.UNKNOWN_MINUTES + 1):
        status = shop.notify(PATH, claim(order, str(uuid.uuid4()))).status_code
    assert status == 400
