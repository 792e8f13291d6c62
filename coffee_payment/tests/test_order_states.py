"""The table of order states: all its steps and no others."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from payments.models import Order
from payments.orders import states
from payments.orders.states import Cause

from tests.shop import Shop, state

STATUSES = [status.value for status in Order.Status]

TABLE = {
    ("created", Cause.ACCEPTED): "pending",
    ("not_paid", Cause.ACCEPTED): "pending",
    ("created", Cause.REFUSED): "failed",
    ("not_paid", Cause.REFUSED): "failed",
    ("created", Cause.NO_REDIRECT): "failed",
    ("pending", Cause.SUCCEEDED): "paid",
    ("created", Cause.SUCCEEDED): "manual_make",
    ("not_paid", Cause.SUCCEEDED): "manual_make",
    ("failed", Cause.SUCCEEDED): "manual_make",
    ("pending", Cause.CANCELED): "not_paid",
    ("pending", Cause.WAITING_FOR_CAPTURE): "failed",
    ("pending", Cause.EXHAUSTED): "failed",
    ("pending", Cause.NO_REFERENCE): "failed",
    ("paid", Cause.MAKE_CLAIMED): "make_pending",
    ("paid", Cause.STAFF_TAKES_OVER): "manual_make",
    ("make_pending", Cause.STAFF_TAKES_OVER): "manual_make",
    ("make_failed", Cause.STAFF_TAKES_OVER): "manual_make",
    ("make_pending", Cause.MAKE_ERROR): "make_failed",
    ("make_pending", Cause.MAKE_UNSURE): "make_failed",
    ("make_pending", Cause.MAKE_DONE): "successful",
    ("make_pending", Cause.STAFF_MADE): "successful",
    ("make_failed", Cause.STAFF_MADE): "successful",
    ("manual_make", Cause.STAFF_MADE): "successful",
}
"""The design's table for an order that is young, not expired and not abandoned."""


@pytest.mark.parametrize(("status", "cause"), list(product(STATUSES, Cause)))
def test_a_young_order_follows_the_table(shop: Shop, status: str, cause: Cause) -> None:
    """Each pair of status and cause follows docs/domain.md, section 4; other pairs change nothing."""
    order = shop.order(status=status, payment_started_at=timezone.now(), next_check_at=timezone.now())
    target = TABLE.get((status, cause))

    changed = states.change(order.pk, cause)

    assert (changed.status if changed else None) == target
    order.refresh_from_db()
    assert order.status == (target or status)
    assert (order.next_check_at is None) == (target is not None and status == "pending")


@pytest.mark.parametrize(
    ("status", "cause", "age", "target"),
    [
        ("pending", Cause.SUCCEEDED, {"payment_started_at": 299}, "paid"),
        ("pending", Cause.SUCCEEDED, {"payment_started_at": 301}, "manual_make"),
        ("pending", Cause.SUCCEEDED, {"expires_at": 1}, "manual_make"),
        ("pending", Cause.EXPIRED, {"expires_at": 1}, "not_paid"),
        ("pending", Cause.EXPIRED, {"expires_at": -60}, "pending"),
        ("paid", Cause.EXPIRED, {"expires_at": 1}, "paid"),
        ("paid", Cause.ABANDONED, {"updated_at": 31}, "manual_make"),
        ("paid", Cause.ABANDONED, {"updated_at": 5}, "paid"),
        ("make_pending", Cause.ABANDONED, {"updated_at": 31}, "make_pending"),
        ("make_pending", Cause.MAKE_NOT_SENT, {"make_claimed_at": 31}, "manual_make"),
        ("make_pending", Cause.MAKE_NOT_SENT, {"make_claimed_at": 5}, "make_pending"),
        ("make_pending", Cause.MAKE_NOT_SENT, {"make_claimed_at": 31, "make_sent_at": 31}, "make_pending"),
        ("make_pending", Cause.MAKE_UNANSWERED, {"make_claimed_at": 31, "make_sent_at": 31}, "manual_make"),
        ("make_pending", Cause.MAKE_UNANSWERED, {"make_claimed_at": 31}, "make_pending"),
        (
            "make_pending",
            Cause.MAKE_UNANSWERED,
            {"make_claimed_at": 31, "make_sent_at": 31, "make_answered_at": 31},
            "make_pending",
        ),
    ],
)
def test_time_decides_where_the_table_says_so(
    shop: Shop, status: str, cause: Cause, age: dict[str, int], target: str
) -> None:
    """Late payments go to staff, EXPIRED needs an expired order, ABANDONED needs 30 seconds."""
    order = shop.order(status=status, payment_started_at=timezone.now())
    moments = {name: timezone.now() - timedelta(seconds=seconds) for name, seconds in age.items()}
    Order.objects.filter(pk=order.pk).update(**moments)

    states.change(order.pk, cause)

    assert state(order) == target


def test_an_order_without_end_never_expires(shop: Shop) -> None:
    order = shop.order(status="pending")
    Order.objects.filter(pk=order.pk).update(expires_at=None)

    assert states.change(order.pk, Cause.EXPIRED) is None
    assert states.change(order.pk, Cause.SUCCEEDED).status == "paid"  # type: ignore[union-attr]


def test_only_changed_fields_are_written(shop: Shop) -> None:
    """A step writes only its own fields and updated_at; other concurrent changes stay."""
    order = shop.order(status="paid")
    Order.objects.filter(pk=order.pk).update(
        drink_name="Латте", updated_at=timezone.now() - timedelta(hours=1)
    )

    changed = states.change(order.pk, Cause.MAKE_CLAIMED)

    order.refresh_from_db()
    assert changed is not None
    assert order.drink_name == "Латте"
    assert timezone.now() - order.updated_at < timedelta(minutes=1)


def test_a_step_outside_the_table_is_a_warning(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    order = shop.order(status="successful")

    states.change(order.pk, Cause.CANCELED)

    assert [record.levelname for record in caplog.records if record.message == "order step refused"] == [
        "WARNING"
    ]


def test_an_unknown_order_changes_nothing(shop: Shop) -> None:
    assert states.change("no such order", Cause.CANCELED) is None
