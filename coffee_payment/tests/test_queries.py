"""Queries per request: each endpoint has its number, whatever the database holds.

SQLite has more: there a change and the entry that tells it are two statements.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from payments.background import claims, follow_up, unused_orders
from payments.models import JournalEntry, Order, Payment
from payments.orders.cases import open_cases
from payments.tasks import check_pending_payments

from tests.shop import Providers, Shop

Count = Callable[[int], Any]


@pytest.fixture(autouse=True)
def crowd(shop: Shop) -> None:
    """Other merchants' orders, of which no request may take notice."""
    other = Shop()
    for scenario in ("Yookassa", "TBank"):
        device = other.device(scenario)
        for _ in range(3):
            other.order(device)


@pytest.mark.postgres
@pytest.mark.parametrize(("scenario", "initiate"), [("Yookassa", 13), ("YookassaReceipt", 17), ("TBank", 14)])
def test_scan_page_status_and_start(
    shop: Shop, django_assert_num_queries: Count, scenario: str, initiate: int
) -> None:
    device = shop.device(scenario)
    with django_assert_num_queries(4):
        shop.scan(device, uuid="order-1")
    with django_assert_num_queries(3):
        shop.scan(device, uuid="order-1")
    with django_assert_num_queries(1):
        shop.client.get("/v1/order-status-page?order_id=order-1")
    with django_assert_num_queries(2 if scenario == "YookassaReceipt" else 1):
        shop.client.get("/v1/order-status/order-1")
    with django_assert_num_queries(initiate):
        shop.initiate(Order(pk="order-1"), email="anna@example.com")
    with django_assert_num_queries(2):
        shop.initiate(Order(pk="order-1"))


@pytest.mark.postgres
@pytest.mark.parametrize(("scenario", "paid", "repeated"), [("Yookassa", 11, 1), ("TBank", 14, 3)])
def test_webhooks(
    shop: Shop,
    providers: Providers,
    django_assert_num_queries: Count,
    scenario: str,
    paid: int,
    repeated: int,
) -> None:
    order = shop.pending(shop.device(scenario))
    payment_id = str(order.payment_reference_id)
    if scenario == "TBank":
        path, provider = "/v1/tbank-pay-webhook", providers.tbank
        provider.settle(payment_id, "CONFIRMED")
    else:
        path, provider = "/v1/yook-pay-webhook", providers.yookassa  # type: ignore[assignment]
        provider.settle(payment_id, "succeeded")
    with django_assert_num_queries(paid):
        shop.notify(path, provider.notification(payment_id))
    with django_assert_num_queries(repeated):
        shop.notify(path, provider.notification(payment_id))


def test_pages_that_need_no_database_ask_it_nothing(shop: Shop, django_assert_num_queries: Count) -> None:
    with django_assert_num_queries(0):
        for path in ("/health", "/v1/pay", "/v1/order-status-page", "/v1/process_payment/"):
            shop.client.get(path)


@pytest.mark.postgres
@pytest.mark.parametrize(("settled", "each"), [(None, 5), ("succeeded", 13)])
@pytest.mark.parametrize("orders", [0, 1, 5])
def test_a_tick_costs_the_same_for_each_order(
    shop: Shop,
    providers: Providers,
    django_assert_num_queries: Count,
    settings: Any,
    orders: int,
    settled: str | None,
    each: int,
) -> None:
    """A tick reads five lists and each device and its credentials once; claims cost per order."""
    settings.PAYMENT_CHECK_THREADS = 1
    device = shop.device()
    for _ in range(orders):
        order = shop.pending(device)
        if settled:
            providers.yookassa.settle(str(order.payment_reference_id), settled)
    an_empty_claim_the_device_and_the_credentials = 5 if orders else 0
    with django_assert_num_queries(5 + each * orders + an_empty_claim_the_device_and_the_credentials):
        check_pending_payments()


LOOKUPS = {
    "payments_payment_check_idx": lambda: follow_up.due(timezone.now()).order_by("next_check_at"),
    "payments_order_make_idx": lambda: claims.unanswered(timezone.now()),
    "payments_payment_txn_idx": lambda: Payment.objects.filter(transaction_id="p-1"),
    "payments_journal_order_idx": lambda: JournalEntry.objects.filter(order_id="o-1").order_by("pk"),
    "payments_payment_doubt_idx": open_cases,
    "payments_order_created_idx": lambda: Order.objects.order_by("-created_at", "-pk")[:100],
    "payments_order_list_idx": lambda: Order.objects.filter(status="failed").order_by("-created_at", "-pk")[
        :100
    ],
    "payments_payment_created_idx": lambda: Payment.objects.order_by("-created_at", "-pk")[:100],
    "payments_order_unused_idx": lambda: unused_orders.unused().order_by("expires_at")[:100],
    "payments_order_id_9de03256_like": lambda: Order.objects.filter(pk__startswith="o-1"),
    "payments_order_reference_idx": lambda: Order.objects.filter(payment_reference_id="p-1"),
}


@pytest.mark.postgres
@pytest.mark.parametrize("index", LOOKUPS)
def test_follow_up_and_staff_read_indexes(shop: Shop, index: str) -> None:
    """However many orders and payments there are: in tables that PostgreSQL knows nothing of yet."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE payments_order, payments_journalentry CASCADE")
        cursor.execute("DELETE FROM pg_statistic WHERE starelid::regclass::text LIKE 'payments%'")
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert index in LOOKUPS[index]().explain()
