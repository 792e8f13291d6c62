"""Real processes on real PostgreSQL: races, kills, lost connections."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from subprocess import Popen
from typing import Any, Final

import psycopg2
import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from payments.models import Order, Payment
from payments.orders.initiation import attempt_lease
from payments.tasks import check_pending_payments
from provider_servers.messages import Answer, Call

from tests import processes
from tests.shop import ACCOUNT, PRICE, Providers, Shop, attempts, state

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ORDERS: Final = 500
MAKE: Final = "/api/commander/v1/command/make"
TRUTH: Final = ("succeeded", "succeeded", "succeeded", "canceled", "pending")
OUTCOME: Final = {"succeeded": "make_pending", "canceled": "not_paid", "pending": "pending"}
FINISH: Final = 120


@pytest.fixture
def shop(transactional_db: None, providers: Providers, settings: Any) -> Shop:
    # Sixty threads call one local server, so answers may be slow; no test here is about timeouts.
    settings.PAYMENT_API_TIMEOUT_S = 10
    return Shop()


@contextmanager
def running(*started: Popen[str]) -> Iterator[None]:
    """Kill the processes that a test has left."""
    try:
        for process in started:
            processes.ready(process)
        yield
    finally:
        for process in started:
            process.kill()
            process.communicate()


def many_pending(shop: Shop, providers: Providers, count: int) -> dict[str, str]:
    """Create orders whose payments the provider knows; return order -> the state at the provider."""
    device = shop.device()
    truth = {}
    orders, payments = [], []
    now = timezone.now()
    for number in range(count):
        order_id = f"order-{number}"
        word = TRUTH[number % len(TRUTH)]
        payment_id = f"payment-{number}"
        providers.yookassa.payments[payment_id] = {
            "id": payment_id,
            "status": word,
            "amount": {"value": f"{PRICE / 100:.2f}", "currency": "RUB"},
            "metadata": {"order_uuid": order_id},
        }
        providers.yookassa._owners[payment_id] = ACCOUNT
        truth[order_id] = word
        orders.append(
            Order(
                id=order_id,
                payment_reference_id=payment_id,
                drink_name="Капучино",
                drink_number="7",
                device=device,
                merchant=shop.merchant,
                size=1,
                price=PRICE,
                status="pending",
                status_check_type="polling",
                payment_started_at=now,
                next_check_at=now,
                expires_at=now + timedelta(minutes=15),
            )
        )
        payments.append(
            Payment(
                order_id=order_id,
                merchant=shop.merchant,
                amount=PRICE,
                status="pending",
                transaction_id=payment_id,
            )
        )
    Order.objects.bulk_create(orders)
    Payment.objects.bulk_create(payments)
    return truth


@pytest.mark.slow
def test_eight_processes_make_each_drink_once(shop: Shop, providers: Providers) -> None:
    """Four processes deliver webhooks (some twice), four run checks, over the same 500 orders at once.

    The table of outcomes equals the provider's truth, and each paid order was made exactly once.
    """
    truth = many_pending(shop, providers, ORDERS)
    notified = [[f"payment-{number}", f"order-{number}"] for number in range(ORDERS)]
    shuffled = random.Random(7)  # noqa: S311 - an order of events, no secret
    notified += shuffled.sample(notified, ORDERS // 10)
    shuffled.shuffle(notified)
    url = providers.server.url
    interval = {"PAYMENT_CHECK_BATCH_SIZE": "50", "FAST_TRACK_INTERVAL_S": "600"}
    started = [processes.start("webhooks", url, notified[each::4], **interval) for each in range(4)]
    started += [processes.start("ticks", url, 3, **interval) for _ in range(4)]

    with running(*started):
        for process in started:
            processes.go(process)
        codes = [process.wait(FINISH) for process in started]

    assert codes == [0] * 8
    assert dict(Order.objects.values_list("id", "status")) == {
        order: OUTCOME[word] for order, word in truth.items()
    }
    made = Counter(call.body[0]["orderUuid"] for call in providers.server.calls_to(MAKE))
    assert made == Counter(order for order, word in truth.items() if word == "succeeded")
    ledger = Counter(Payment.objects.values_list("status", flat=True))
    words = Counter(truth.values())
    assert ledger == {
        "successful": words["succeeded"],
        "failed": words["canceled"],
        "pending": words["pending"],
    }


def test_a_tick_with_many_threads_checks_each_order_once(shop: Shop, providers: Providers) -> None:
    """A settled order is checked once; a pending one may be due again before a slow tick ends."""
    truth = many_pending(shop, providers, 60)

    checked = check_pending_payments()

    asked = Counter(call.path.rpartition("-")[2] for call in providers.server.calls_to("/v3/payments", "GET"))
    assert checked == sum(asked.values())
    assert asked.keys() == {order.rpartition("-")[2] for order in truth}
    assert {asked[order.rpartition("-")[2]] for order in truth if truth[order] != "pending"} == {1}
    assert dict(Order.objects.values_list("id", "status")) == {
        order: OUTCOME[word] for order, word in truth.items()
    }


@pytest.mark.parametrize("path", ["/v3/payments/", MAKE])
def test_a_thread_that_waits_for_an_answer_has_no_connection(
    shop: Shop, providers: Providers, settings: Any, path: str
) -> None:
    """Twelve wait at once, with three connections beside that of the test, which end their work all the same."""
    settings.PAYMENT_CHECK_THREADS = 12
    orders = [shop.pending() for _ in range(12)]
    for order in orders:
        providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    before, answer = connections(), providers.server.answer
    together, seen = threading.Barrier(12, timeout=60), list[int]()

    def answer_together(call: Call) -> Answer:
        if call.path.startswith(path) and together.wait() == 0:
            seen.append(connections() - 1)
            connection.close()  # its own
        return answer(call)

    providers.server.answer = answer_together  # type: ignore[method-assign]
    assert check_pending_payments() == 12

    assert len(seen) == 1
    assert seen[0] <= before + 3
    assert {state(order) for order in orders} == {"make_pending"}


def test_a_tick_leaves_no_connection_behind(shop: Shop, providers: Providers) -> None:
    """Each connection that a tick opened is closed at its end."""
    many_pending(shop, providers, 40)
    before = connections()

    check_pending_payments()

    with connection.cursor() as cursor:
        cursor.execute(COUNT_WHEN_AT_MOST, {"limit": before})
        assert connections() <= before


COUNT_WHEN_AT_MOST: Final = """
    DO $$ BEGIN
        FOR attempt IN 1..200 LOOP
            PERFORM pg_stat_clear_snapshot();
            EXIT WHEN (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) <= %(limit)s;
            PERFORM pg_sleep(0.05);
        END LOOP;
    END $$
"""
"""A backend ends a moment after its client has closed the connection."""


def connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("path", "meanwhile", "left", "made"),
    [("/v3/payments", "pending", "make_pending", 1), (MAKE, "make_pending", "make_pending", 1)],
    ids=["while the provider is asked", "while the make command is sent"],
)
def test_a_worker_killed_in_the_middle_loses_nothing(
    shop: Shop, providers: Providers, path: str, meanwhile: str, left: str, made: int
) -> None:
    """After SIGKILL a claimed order is due again when its lease ends; a sent make command is not repeated."""
    order = shop.pending()
    providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    providers.server.calls.clear()
    reached = Gate(providers, path)
    worker = processes.start("ticks", providers.server.url, 2)
    with running(worker):
        processes.go(worker)
        reached.wait()
        worker.kill()
        worker.wait()
        reached.open()
    assert state(order) == meanwhile

    assert check_pending_payments() == 0, "the lease still holds"
    Order.objects.filter(status="pending").update(next_check_at=timezone.now())
    check_pending_payments()

    assert state(order) == left
    assert len(providers.server.calls_to(MAKE)) == made


class Gate:
    """Holds the first call to a path until `open()`; `wait()` returns when that call has arrived."""

    def __init__(self, providers: Providers, path: str) -> None:
        self._reached, self._opened = threading.Event(), threading.Event()
        answer = providers.server.answer
        waiting = [path]

        def answer_later(call: Call) -> Answer:
            if waiting and call.path.startswith(waiting[0]):
                waiting.clear()
                self._reached.set()
                self._opened.wait(60)
            return answer(call)

        providers.server.answer = answer_later  # type: ignore[method-assign]

    def wait(self) -> None:
        assert self._reached.wait(60)

    def open(self) -> None:
        self._opened.set()


@contextmanager
def database_lost_during(providers: Providers, path: str) -> Iterator[None]:
    """Make PostgreSQL end every connection to this database while a provider is called."""
    connection.ensure_connection()
    parameters = {**connection.get_connection_params()}
    parameters.pop("cursor_factory", None)
    answer = providers.server.answer
    waiting = [path]

    def cut_first(call: Call) -> Answer:
        if waiting and call.path.startswith(waiting[0]):
            waiting.clear()
            other = psycopg2.connect(**parameters)
            try:
                with other.cursor() as cursor:
                    cursor.execute(
                        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
            finally:
                other.close()
        return answer(call)

    providers.server.answer = cut_first  # type: ignore[method-assign]
    try:
        yield
    finally:
        providers.server.answer = answer  # type: ignore[method-assign]
        connection.close()


def test_a_start_whose_database_is_lost_can_be_repeated(
    shop: Shop, providers: Providers, settings: Any
) -> None:
    """The database is lost before the answer is stored: the order is paid by the check after the lease."""
    order = shop.order()
    with database_lost_during(providers, "/v3/payments"):
        answer = shop.initiate(order)

    assert answer.status_code == 503
    assert (state(order), attempts(order)) == ("created", [("pending", "")])
    assert shop.initiate(order).status_code == 409
    Payment.objects.update(created_at=timezone.now() - attempt_lease())
    assert shop.initiate(order).status_code == 200
    assert state(order) == "pending"


def test_a_notification_whose_database_is_lost_is_repeated(shop: Shop, providers: Providers) -> None:
    order = shop.pending()
    payment_id = str(order.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded")
    body = providers.yookassa.notification(payment_id)
    with database_lost_during(providers, f"/v3/payments/{payment_id}"):
        assert shop.notify("/v1/yook-pay-webhook", body).status_code == 503
    assert state(order) == "pending"

    assert shop.notify("/v1/yook-pay-webhook", body).status_code == 200
    assert (state(order), providers.tmetr.made(order.pk)) == ("make_pending", 1)


def test_a_make_answer_whose_database_is_lost_leaves_the_order_to_staff(
    shop: Shop, providers: Providers
) -> None:
    """The failure of a make command could not be stored: the order stays claimed, the command is not repeated."""
    order = shop.pending()
    payment_id = str(order.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded")
    body = providers.yookassa.notification(payment_id)
    providers.tmetr.token = "another: the command is refused"
    with database_lost_during(providers, MAKE):
        assert shop.notify("/v1/yook-pay-webhook", body).status_code == 503

    assert shop.notify("/v1/yook-pay-webhook", body).status_code == 200
    assert (state(order), len(providers.server.calls_to(MAKE))) == ("make_pending", 1)


@pytest.mark.parametrize("kind", ["pay", "initiate", "webhook"])
@override_settings(PROVIDER_CALLS_LIMIT=12)  # as many calls as threads: none is refused
def test_requests_at_the_same_moment_do_it_once(shop: Shop, providers: Providers, kind: str) -> None:
    """Eight threads, one order: one row, one payment, one make command."""
    device = shop.device()
    order = shop.pending(device) if kind == "webhook" else shop.order(device)
    if kind == "webhook":
        providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    body = providers.yookassa.notification(str(order.payment_reference_id)) if kind == "webhook" else None

    links: set[str] = set()

    def act(_: int) -> int:
        try:
            match kind:
                case "pay":
                    return int(shop.scan(device, uuid="fresh").status_code)
                case "initiate":
                    answer = shop.initiate(order)
                    if answer.status_code == 200:
                        links.add(answer.json()["redirect_url"])
                    return int(answer.status_code)
                case _:
                    return int(shop.notify("/v1/yook-pay-webhook", body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = Counter(pool.map(act, range(8)))

    if kind == "pay":
        assert codes == {302: 8}
        assert Order.objects.filter(pk="fresh").count() == 1
    elif kind == "initiate":
        # A request that comes when the first has ended gets its link, as a customer who returns does.
        assert codes[200] >= 1
        assert codes[200] + codes[409] == 8
        assert len(links) == len(providers.yookassa.payments) == 1
    else:
        assert codes == {200: 8}
        assert len(providers.server.calls_to(MAKE)) == 1
