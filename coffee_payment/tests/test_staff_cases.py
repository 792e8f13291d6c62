"""The list for staff: what is on it, in words, and what its actions do."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from payments.models import Order, Payment
from payments.orders import journal
from payments.orders.cases import open_cases, reason_of

from tests.shop import Shop, state

LIST = "admin:payments_staffcase_changelist"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("anna", "a@example.com", "x"))
    return client


def paid(shop: Shop, status: str, *, doubt: str | None = None, **values: Any) -> Payment:
    """Create an order with a successful payment."""
    order = shop.order(status=status, payment_reference_id="p-1", **values)
    return Payment.objects.create(
        order=order,
        merchant=shop.merchant,
        amount=order.price,
        status="successful",
        transaction_id="p-1" if doubt is None else "p-2",
        doubt=doubt,
    )


NOW = timezone.now()
SENT = {"make_claimed_at": NOW, "make_sent_at": NOW}
CASES: list[tuple[str, dict[str, Any], str | None]] = [
    ("manual_make", {}, "команды автомату не было"),
    ("manual_make", {"make_claimed_at": NOW}, "команда не отправлена"),
    ("manual_make", SENT, "напиток мог быть выдан"),
    (
        "make_failed",
        {**SENT, "make_answered_at": NOW, "make_answer": "ProviderRejected: status 400"},
        "не получил",
    ),
    (
        "make_failed",
        {**SENT, "make_answered_at": NOW, "make_answer": "ProviderUnavailable: NewConnectionError"},
        "не получил",
    ),
    (
        "make_failed",
        {**SENT, "make_answered_at": NOW, "make_answer": "ProviderTimeout: not reached: TimeoutError"},
        "не получил",
    ),
    (
        "make_failed",
        {**SENT, "make_answered_at": NOW, "make_answer": "ProviderTimeout: TimeoutError"},
        "напиток мог быть выдан",
    ),
    ("successful", {"doubt": "paid_twice"}, "дважды"),
    ("not_paid", {"doubt": "differs"}, "не совпадают"),
    ("successful", {}, None),
    ("make_pending", SENT, None),
]


@pytest.mark.parametrize(("status", "values", "words"), CASES)
def test_each_case_has_its_reason_in_words(
    shop: Shop, staff: Client, status: str, values: dict[str, Any], words: str | None
) -> None:
    payment = paid(shop, status, **values)

    page = staff.get(reverse(LIST)).content.decode()

    listed = list(open_cases().select_related("order"))
    assert [case.pk for case in listed] == ([payment.pk] if words else [])
    if words:
        assert words in reason_of(listed[0])
        assert words in page
        assert reverse("admin:payments_order_change", args=[payment.order_id]) in page


def act(staff: Client, payment: Payment, action: str, why: str) -> str:
    """Take an action; return what the page says."""
    data = {"action": action, "_selected_action": [payment.pk], "why": why}
    page = staff.post(reverse(LIST), data, follow=True)
    return " ".join(str(message) for message in page.context["messages"])


def test_an_action_tells_who_and_why(shop: Shop, staff: Client) -> None:
    payment = paid(shop, "manual_make")

    assert "Укажите причину" in act(staff, payment, "mark_as_made", "")
    assert state(payment.order) == "manual_make"
    assert "Изменено: 1" in act(staff, payment, "mark_as_made", "выдан у стойки")

    assert state(payment.order) == "successful"
    entry = journal.history(payment.order_id)[-1]
    assert (entry.actor, entry.detail) == ("anna", {"why": "выдан у стойки"})
    logged = LogEntry.objects.get()
    assert (logged.user.get_username(), logged.change_message) == ("anna", "выдан у стойки")
    assert not open_cases().exists()


def test_a_case_is_closed_with_who_and_why(shop: Shop, staff: Client) -> None:
    payment = paid(shop, "successful", doubt="paid_twice")

    act(staff, payment, "close_case", "возврат в кабинете")

    assert not open_cases().exists()
    entry = journal.history(payment.order_id)[-1]
    assert (entry.cause, entry.actor, entry.payment_id) == ("closed", "anna", "p-2")


def test_an_action_that_has_no_step_is_refused(shop: Shop, staff: Client) -> None:
    payment = paid(shop, "not_paid", doubt="differs")

    assert "Отказано" in act(staff, payment, "mark_as_made", "ошибка")
    assert Order.objects.get().status == "not_paid"


def test_orders_and_journal_cannot_be_deleted(shop: Shop, staff: Client) -> None:
    payment = paid(shop, "manual_make")
    journal.write(payment.order_id, "step", "scan")

    assert staff.post(reverse("admin:payments_order_delete", args=[payment.order_id])).status_code == 403
    entry = journal.history(payment.order_id)[0]
    assert staff.post(reverse("admin:payments_journalentry_delete", args=[entry.pk])).status_code == 403
