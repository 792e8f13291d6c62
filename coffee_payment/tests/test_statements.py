"""Statements that are composed once do what the same queries and saves do."""

import gc
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.db.transaction import TransactionManagementError, atomic
from django.utils import timezone
from payments import lookups, statements
from payments.models import Device, JournalEntry, Order, Payment
from payments.orders import states

from tests.shop import Shop


def columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_read_returns_what_the_queryset_does(shop: Shop, django_assert_num_queries: Any) -> None:
    """Twice: composed, and only run. Each value is bound anew."""
    device = shop.device()
    shop.credentials("Yookassa")
    orders = [shop.order(device, expires_at=timezone.now()) for _ in range(3)]
    for each in [*orders, *orders]:
        with django_assert_num_queries(1):
            found = lookups.ORDER_AND_MERCHANT.first(each.pk)
            assert found is not None
            assert columns(found) == columns(each)
            assert columns(found.device) == columns(device)
            assert columns(found.merchant) == columns(device.merchant)
    row = lookups.CREDENTIALS.first(device.merchant_id, "Yookassa")
    assert row is not None
    assert row.credentials["account_id"]
    assert lookups.ORDER.first("nobody's") is None
    assert lookups.CREDENTIALS.first(device.merchant_id, "TBank") is None


def test_a_write_stores_what_a_save_does(shop: Shop) -> None:
    order = shop.order()
    saved, inserted = (
        Payment(order=order, merchant_id=order.merchant_id, amount=order.price, status="pending")
        for _ in "ab"
    )
    saved.save()
    statements.insert(inserted)
    inserted.status, inserted.transaction_id = "failed", "p-1"
    before = inserted.updated_at
    statements.save(inserted, "status", "updated_at")

    stored = Payment.objects.get(pk=inserted.pk)
    assert (stored.status, stored.transaction_id) == ("failed", ""), "only the named fields are written"
    assert stored.updated_at == inserted.updated_at > before
    own = {"id", "status", "created_at", "updated_at"}
    same = [
        {name: value for name, value in columns(each).items() if name not in own} for each in (saved, stored)
    ]
    assert same[0] == same[1]
    entries = [JournalEntry(order_id="o", kind="step", cause=cause, detail={"a": [cause]}) for cause in "ab"]
    statements.insert(*entries)
    assert [entry.detail for entry in JournalEntry.objects.order_by("pk")] == [{"a": ["a"]}, {"a": ["b"]}]


def test_an_update_changes_the_rows_that_its_condition_names(shop: Shop) -> None:
    device = shop.device()
    claimed, other = shop.order(device, make_sent_at=timezone.now()), shop.order(device)
    where = {"device_id": device.pk, "make_sent_at": None}

    assert statements.update(Order, where, {"drink_name": "x"}) == 1
    assert statements.update(Order, {"id": "nobody's"}, {"drink_name": "x"}) == 0
    claimed.refresh_from_db()
    other.refresh_from_db()
    assert (claimed.drink_name == "x", other.drink_name) == (False, "x")
    Device.objects.all().delete()
    with pytest.raises(DatabaseError):
        statements.save(other, "drink_name")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lock_is_refused_outside_of_a_transaction(transactional_db: None) -> None:
    """At every use: at the first it is Django that refuses."""
    for _ in range(2):
        with pytest.raises(TransactionManagementError):
            states.lock("o")
    with atomic():
        assert states.lock("o") is None
    with pytest.raises(TransactionManagementError):
        states.lock("o")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_thread_that_ends_takes_its_connection_with_it(transactional_db: None) -> None:
    """What it composed stays, and must not keep the connection open."""
    read = statements.Read(lambda key: Order.objects.filter(pk=key))
    sessions: list[int] = []

    def work() -> None:
        read("o")
        sessions.append(connections["default"].connection.info.backend_pid)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    gc.collect()  # Django's wrapper of a connection refers to itself

    read("o")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", sessions)
        for _ in range(100):
            if cursor.fetchone() == (0,):
                return
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.05)")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", sessions)
    pytest.fail("the connection is still open")
