"""The journal tells what happened to each order, and its steps lead to the order's present status."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from payments.models import JournalEntry, Order, Payment
from payments.orders import journal, states
from payments.orders.states import Cause
from payments.tasks import check_pending_payments

from tests.shop import Providers, Shop, state


@pytest.fixture(autouse=True)
def one_thread(settings: Any) -> None:
    """Check in one thread: other connections do not see the rows of the test's transaction."""
    settings.PAYMENT_CHECK_THREADS = 1


def bought(shop: Shop, providers: Providers) -> str:
    """Return an order that went the whole way, by a notification."""
    assert shop.scan(shop.device(), uuid="o-1").status_code == 302
    order = Order.objects.get(pk="o-1")
    assert shop.initiate(order).status_code == 200
    payment_id = next(iter(providers.yookassa.payments))
    providers.yookassa.settle(payment_id, "succeeded")
    shop.notify("/v1/yook-pay-webhook", providers.yookassa.notification(payment_id))
    return order.pk


def test_the_whole_way_is_told(shop: Shop, providers: Providers) -> None:
    entries = journal.history(bought(shop, providers))

    assert [(entry.kind, entry.cause) for entry in entries] == [
        ("step", "scan"),
        ("step", Cause.ACCEPTED),
        ("call", "payment started"),
        ("notification", "notification"),
        ("call", "answer"),
        ("step", Cause.SUCCEEDED),
        ("step", Cause.MAKE_CLAIMED),
        ("command", "sent"),
        ("command", "answered"),
    ]
    assert journal.replayed_status(entries) == state(Order(pk="o-1")) == "make_pending"
    assert all(entry.request_id for entry in entries)


def test_a_notification_leaves_names_and_a_digest_only(shop: Shop, providers: Providers) -> None:
    entry = next(each for each in journal.history(bought(shop, providers)) if each.kind == "notification")

    assert entry.detail["fields"] == ["event", "object", "type"]
    assert len(entry.detail["sha256"]) == 64
    assert set(entry.detail) == {"fields", "sha256"}


def test_an_entry_is_written_with_its_change_or_not_at_all(shop: Shop) -> None:
    order = shop.order(status="paid")
    with transaction.atomic():
        states.change(order.pk, Cause.MAKE_CLAIMED)
        transaction.set_rollback(True)

    assert (state(order), journal.history(order.pk)) == ("paid", [])


def test_entries_are_only_added(shop: Shop) -> None:
    entry = journal.write("o-1", "step", "scan")

    for change in (
        entry.save,
        entry.delete,
        JournalEntry.objects.all().delete,
        lambda: JournalEntry.objects.update(cause="x"),
    ):
        with pytest.raises(TypeError):
            change()  # type: ignore[operator]


def test_the_command_prints_the_history(shop: Shop, providers: Providers) -> None:
    order_id = bought(shop, providers)
    table, lines = StringIO(), StringIO()

    call_command("order_history", order_id, stdout=table)
    call_command("order_history", order_id, "--json", stdout=lines)

    assert "создан → ждёт оплаты" in table.getvalue()
    assert len(lines.getvalue().splitlines()) == 9
    assert json.loads(lines.getvalue().splitlines()[0])["to_status"] == "created"
    with pytest.raises(CommandError) as end:
        call_command("order_history", "nobody")
    assert end.value.returncode == 2


def test_a_status_that_the_journal_does_not_know_is_told(shop: Shop, providers: Providers) -> None:
    order_id = bought(shop, providers)
    Order.objects.update(status="successful")
    errors = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("order_history", order_id, stdout=StringIO(), stderr=errors)

    assert end.value.code == 1
    assert "ends in make_pending, the order is successful" in errors.getvalue()


def test_a_gap_in_the_steps_is_told() -> None:
    steps = [
        JournalEntry(from_status="", to_status="created"),
        JournalEntry(from_status="paid", to_status="failed"),
    ]

    with pytest.raises(journal.BrokenHistory):
        journal.replayed_status(steps)


def test_staff_and_reason_are_told(shop: Shop) -> None:
    order = shop.order(status="manual_make")
    states.change(order.pk, Cause.STAFF_MADE, by="anna", why="выдан у стойки")

    (entry,) = journal.history(order.pk)
    assert (entry.kind, entry.actor, entry.detail) == ("staff", "anna", {"why": "выдан у стойки"})


def test_the_time_line_is_on_the_orders_page(shop: Shop, providers: Providers) -> None:
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("anna", "a@example.com", "x"))
    order_id = bought(shop, providers)

    page = staff.get(reverse("admin:payments_order_change", args=[order_id])).content.decode()

    assert "сканирование QR-кода" in page
    assert "команда отправляется автомату" in page


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({}, False),
        ({"status": "manual_make"}, True),
        ({"doubt": "paid_twice"}, True),
        ({"next_check_at": timezone.now()}, True),
        ({"updated_at": timezone.now()}, True),
    ],
)
def test_retention_keeps_what_is_in_doubt(
    shop: Shop, providers: Providers, change: dict[str, Any], kept: bool
) -> None:
    order_id = bought(shop, providers)
    long_ago = timezone.now() - timedelta(days=100)
    order = {"status": "successful", "updated_at": long_ago}
    Order.objects.update(**order | {name: value for name, value in change.items() if name in order})
    Payment.objects.update(**{name: value for name, value in change.items() if name not in order})

    call_command("prune_journal", days=90, stdout=StringIO())

    assert bool(journal.history(order_id)) == kept


def test_errors_of_the_provider_are_told(shop: Shop, providers: Providers) -> None:
    order = shop.pending()
    providers.yookassa.accounts = {}

    check_pending_payments()

    assert journal.history(order.pk)[-1].detail == {"reason": "status 401"}
