"""Plans of the server's queries on large tables: none reads one from its first row to its last.

LONG_TESTS=1 fills 1,000,000 orders and 1,500,000 payments, otherwise a fiftieth of that.
"""

import json
import os
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.utils import timezone
from payments.background import figures
from payments.background.reconciliation.reading import Reader
from payments.models import Order
from payments.orders.cases import open_cases
from payments.tasks import check_pending_payments

from tests.shop import Providers, Shop

ORDERS: Final = 1_000_000 if os.environ.get("LONG_TESTS") else 20_000
LARGE: Final = frozenset(
    f"payments_{name}" for name in ("order", "payment", "journalentry", "receipt", "tbankpayment")
)
FILL: Final = """
INSERT INTO payments_order (id, payment_reference_id, drink_name, device_id, merchant_id, size, price, status,
    status_check_type, check_attempts, expires_at, make_claimed_at, make_sent_at, make_answered_at,
    created_at, updated_at)
SELECT 'old-' || n, 'pay-' || n, 'Латте', %(device)s, %(merchant)s, 1, 15000,
    CASE WHEN n %% 5000 = 0 THEN 'manual_make' WHEN n %% 5001 = 0 THEN 'make_failed' WHEN n %% 20 = 1 THEN 'created'
         WHEN n %% 6 = 1 THEN 'not_paid' WHEN n %% 50 = 2 THEN 'successful' ELSE 'make_pending' END,
    CASE n %% 3 WHEN 0 THEN 'webhook' ELSE 'polling' END, 0, at + interval '15 min', at, at, at, at, at
FROM (SELECT n, now() - (%(orders)s - n) * interval '700 days' / %(orders)s - interval '1 hour' AS at
      FROM generate_series(1, %(orders)s) n) orders;
INSERT INTO payments_payment (id, order_id, merchant_id, amount, status, transaction_id, scenario, provider_status,
    created_at, updated_at)
SELECT gen_random_uuid(), id, merchant_id, price,
    CASE WHEN part = 0 AND status NOT IN ('created', 'not_paid') THEN 'successful' ELSE 'failed' END,
    CASE part WHEN 0 THEN payment_reference_id ELSE payment_reference_id || '-b' END, 'Yookassa', 'x',
    created_at, updated_at
FROM payments_order, generate_series(0, 1) part WHERE part = 0 OR right(id, 1) IN ('1', '3', '5', '7', '9');
INSERT INTO payments_journalentry (at, order_id, kind, cause)
SELECT created_at, id, kind, cause
FROM payments_order, (VALUES ('step', 'scan'), ('command', 'sent')) entry (kind, cause)
ORDER BY payments_order.created_at;
INSERT INTO payments_tbankpayment (amount, order_id, payment_id, status, created_at, updated_at)
SELECT 15000, id, payment_reference_id, 'completed', created_at, created_at
FROM payments_order WHERE right(id, 1) = '3';
INSERT INTO payments_receipt (id, order_id, contact, amount, status, created_at)
SELECT gen_random_uuid(), id, 'anna@example.com', 15000, 'sent', created_at
FROM payments_order WHERE right(id, 1) = '5';
"""


@pytest.fixture
def large(shop: Shop) -> Shop:
    """A shop in its second year. Indexes are built after the rows, which is faster."""
    device = shop.device()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid::regclass::text = ANY(%s) AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [list(LARGE)],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign keys are checked
        cursor.execute(FILL, {"device": device.pk, "merchant": shop.merchant.pk, "orders": ORDERS})
        cursor.execute("SET LOCAL session_replication_role = origin")
        for _, definition in indexes:
            cursor.execute(definition)
        for table in LARGE:
            cursor.execute(f"ANALYZE {table}")
    return shop


class Recorder:
    """Keeps each statement on a large table once, with its parameters."""

    def __init__(self) -> None:
        self.statements: dict[str, Any] = {}

    def __call__(self, execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if any(table in statement for table in LARGE):
            self.statements.setdefault(statement, parameters)
        return execute(statement, parameters, many, context)

    def sequential(self) -> dict[str, str]:
        """Return the statements that read a large table in sequence, with the table."""
        found = {}
        for statement, parameters in self.statements.items():
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                tables = _large_in(cursor.fetchone()[0])
            if tables:
                found[" ".join(statement.split())[:400]] = ", ".join(tables)
        return found


def prepared(seen: Collection[str]) -> dict[str, str]:
    """Return which of these are prepared, with the large tables that the plan for all values reads in sequence."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for statement, call in connection.prepared[1].items():
            if statement in seen:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {call}", [None] * call.count("%s"))
                found[statement] = ", ".join(_large_in(cursor.fetchone()[0]))
    return found


def _large_in(plan: Any) -> set[str]:
    return set(_sequential(json.loads(plan) if isinstance(plan, str) else plan)) & LARGE


def _sequential(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _sequential(each)
    elif isinstance(node, dict):
        if node.get("Node Type") == "Seq Scan":
            yield node["Relation Name"]
        for each in node.values():
            yield from _sequential(each)


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_no_query_reads_a_large_table_in_sequence(large: Shop, providers: Providers, settings: Any) -> None:
    """Of the flow, the sweep, the follow-up, the invariant, the figures, the reconciliation and the staff's list."""
    settings.PAYMENT_CHECK_THREADS = 1
    settings.RECONCILIATION_CALLS_PER_S = 10_000
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        buy_and_check(large, providers)
        list(figures.Figures().collect())
        list(open_cases().select_related("order", "merchant").order_by("created_at")[:100])
        reconcile()
    assert len(recorder.statements) > 40, "the wrapper has seen the queries"
    assert recorder.sequential() == {}
    plans = prepared(recorder.statements)
    assert len(plans) > 20, "the statements of every order are prepared"
    assert {statement: tables for statement, tables in plans.items() if tables} == {}

    whole = Recorder()
    with connection.execute_wrapper(whole):
        list(Order.objects.filter(drink_name="Эспрессо"))
    assert list(whole.sequential().values()) == ["payments_order"], "such a read is seen"


def buy_and_check(shop: Shop, providers: Providers) -> None:
    """Let orders go all the ways: notified, checked, followed up after their end, abandoned."""
    for scenario in ("Yookassa", "TBank"):
        device = shop.device(scenario)
        shop.scan(device, uuid=f"new-{scenario}")
        shop.client.get(f"/v1/order-status/new-{scenario}")
        shop.initiate(Order(pk=f"new-{scenario}"), email="anna@example.com")
        order = Order.objects.get(pk=f"new-{scenario}")
        payment_id = str(order.payment_reference_id)
        provider: Any = providers.tbank if scenario == "TBank" else providers.yookassa
        provider.settle(payment_id, provider.paid)
        shop.notify(provider.notification_path, provider.notification(payment_id))
        late = shop.pending(device)
        past = timezone.now() - timedelta(minutes=1)
        Order.objects.filter(pk=late.pk).update(
            expires_at=past, next_check_at=None, status_check_type="webhook"
        )
        late.payments.update(next_check_at=past)
        shop.pending(device)
    shop.order(status="paid")
    Order.objects.filter(status="paid").update(updated_at=timezone.now() - timedelta(minutes=5))
    check_pending_payments()


def reconcile() -> None:
    """Compare an hour of a day that had payments."""
    begin = timezone.now() - timedelta(days=3)
    assert list(Reader(begin, begin + timedelta(hours=1)).disagreements())
