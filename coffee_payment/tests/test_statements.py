"""Statements that are composed once do what the same queries and saves do."""

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.transaction import TransactionManagementError, atomic
from django.utils import timezone
from payments import lookups, statements
from payments.background import claims
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


def test_a_row_is_added_with_the_change_that_it_tells(shop: Shop) -> None:
    """For a change of nothing, or a key that is taken, none is."""
    order, other = shop.order(), shop.order()

    def entry(cause: str) -> JournalEntry:
        return JournalEntry(order_id="o", kind="step", cause=cause, detail={"a": "100 %"})

    where = {"id": order.pk, "make_sent_at": None}
    sent = {"make_sent_at": timezone.now()}
    assert [statements.update(Order, where, sent, then=entry(f"sent {number}")) for number in "12"] == [1, 0]
    new, again = (Order(**{**columns(other), "id": "new"}) for _ in "12")
    assert statements.insert_new(new, then=entry("new 1"))
    assert not statements.insert_new(again, then=entry("new 2"))

    assert list(JournalEntry.objects.values_list("cause", "detail__a")) == [
        ("sent 1", "100 %"),
        ("new 1", "100 %"),
    ]
    assert columns(Order.objects.get(pk="new")) == columns(new)


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


def sessions_statements() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


ALTERED = "ALTER TABLE payments_merchant ALTER bank_account TYPE text"


@pytest.fixture
def own_session(transactional_db: None) -> Iterator[None]:
    """A connection that has prepared nothing, and leaves nothing behind."""
    connection.close()
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_merchant ALTER bank_account TYPE varchar(255)")
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("used", [True, False])
def test_a_statement_is_prepared_once_for_a_connection(
    own_session: None, settings: Any, shop: Shop, used: bool
) -> None:
    """What never changes stands in it as a literal, so that the plan for all values may use a partial index."""
    settings.DB_PREPARED_STATEMENTS = used
    connection.close()
    for _ in range(2):
        assert claims.claim() is None
        assert statements.update(Order, {"id": "nobody's"}, {"drink_name": "100 %s"}) == 0

    found = sessions_statements()
    assert len(found) == (2 if used else 0)
    assert all("'pending'" in each for each in found if each.startswith("PREPARE") and "SELECT" in each)
    connection.close()
    assert claims.claim() is None
    assert len(sessions_statements()) == (1 if used else 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("event", ["DEALLOCATE ALL", ALTERED])
def test_a_connection_goes_on_without_its_prepared_statements(
    own_session: None, shop: Shop, event: str
) -> None:
    """As after a pooler gave the session to somebody else, or a migration changed the type of a column."""
    order = shop.order()
    assert lookups.ORDER_AND_MERCHANT.first(order.pk) is not None
    with connection.cursor() as cursor:
        cursor.execute(event)
    with pytest.raises(OperationalError), atomic():
        lookups.ORDER_AND_MERCHANT.first(order.pk)
    found = lookups.ORDER_AND_MERCHANT.first(order.pk)
    assert found is not None
    assert columns(found.merchant) == columns(order.merchant)

    connection.close()
    assert lookups.ORDER_AND_MERCHANT.first(order.pk) is not None
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert lookups.ORDER_AND_MERCHANT.first(order.pk) is not None, "outside of a transaction nobody notices"
