"""No paid order is forgotten: attempts are asked about until their end, and make commands leave evidence."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import F
from django.utils import timezone
from payments.models import Order, Payment
from payments.orders import ledger, make_command
from payments.outgoing import tmetr
from payments.tasks import check_pending_payments
from provider_servers import Fault

from tests.shop import Providers, Shop, attempts, state

MAKE = "/api/commander"
PROVIDERS = {"Yookassa": ("yookassa", "succeeded"), "TBank": ("tbank", "CONFIRMED")}


@pytest.fixture(autouse=True)
def one_thread(settings: Any) -> None:
    """Check in one thread: other connections do not see the rows of the test's transaction."""
    settings.PAYMENT_CHECK_THREADS = 1


class Death(BaseException):
    """Stands for the death of a process."""


def pass_time(order: Order, **past: float) -> None:
    """Make every stored time of an order and its attempts older."""
    age = timedelta(**past)
    for rows in (Order.objects.filter(pk=order.pk), Payment.objects.filter(order=order)):
        names = [field.name for field in rows.model._meta.fields if field.name.endswith("_at")]
        rows.update(**{name: F(name) - age for name in names})


def pay(providers: Providers, order: Order, payment_id: str | None = None) -> None:
    name, word = PROVIDERS[order.device.payment_scenario]
    getattr(providers, name).settle(payment_id or order.payment_reference_id, word)


@pytest.mark.parametrize("scenario", PROVIDERS)
@pytest.mark.parametrize("check_type", ["webhook", "none", "polling"])
@pytest.mark.parametrize(
    ("paid_after", "left", "made"),
    [(0, "make_pending", 1), (1000, "manual_make", 0), (100_000, "manual_make", 0)],
)
def test_a_success_without_a_notification_is_found(
    shop: Shop, providers: Providers, scenario: str, check_type: str, paid_after: int, left: str, made: int
) -> None:
    """In time it is made; after the order's end it goes to staff, even a day later."""
    device = shop.device(scenario)
    shop.credentials(scenario, status_check_type=check_type)
    order = shop.order(device)
    shop.initiate(order)
    order.refresh_from_db()
    if paid_after:
        pass_time(order, seconds=paid_after)
        check_pending_payments()
        assert state(order) == "not_paid"
    pay(providers, order)

    pass_time(order, seconds=61 if not paid_after else 15 * 60)
    check_pending_payments()

    assert (state(order), providers.tmetr.made(order.pk)) == (left, made)
    assert attempts(order) == [("successful", order.payment_reference_id)]


@pytest.mark.parametrize("check_type", ["webhook", "none"])
def test_an_expired_order_ends_only_with_the_providers_answer(
    shop: Shop, providers: Providers, check_type: str
) -> None:
    device = shop.device()
    shop.credentials("Yookassa", status_check_type=check_type)
    order = shop.order(device)
    shop.initiate(order)
    pass_time(order, minutes=16)
    providers.server.faults.add(Fault("status", path="/v3/"))

    check_pending_payments()
    assert state(order) == "pending"

    providers.server.faults.clear()
    pass_time(order, minutes=8)
    check_pending_payments()
    assert state(order) == "not_paid"


def test_a_declined_payment_that_is_paid_on_the_same_page_goes_to_staff(
    shop: Shop, providers: Providers
) -> None:
    order = shop.pending(shop.device("TBank"))
    providers.tbank.settle(str(order.payment_reference_id), "REJECTED")
    check_pending_payments()
    assert (state(order), attempts(order)[0][0]) == ("not_paid", "failed")

    pay(providers, order)
    pass_time(order, seconds=61)
    check_pending_payments()

    assert (state(order), attempts(order)) == (
        "manual_make",
        [("successful", order.payment_reference_id)],
    )


def test_an_earlier_attempt_is_asked_about_after_a_retry(shop: Shop, providers: Providers) -> None:
    """Both attempts are paid: the first success makes the drink, the other one needs a refund."""
    order = shop.order(shop.device("TBank"), id="o")
    shop.initiate(order)
    Order.objects.update(next_check_at=timezone.now())
    order.refresh_from_db()
    old = str(order.payment_reference_id)
    providers.tbank.settle(old, "REJECTED")
    check_pending_payments()
    assert shop.initiate(order).status_code == 200
    order.refresh_from_db()
    pay(providers, order)
    pay(providers, order, old)

    pass_time(order, seconds=61)
    check_pending_payments()

    assert (state(order), providers.tmetr.made(order.pk)) == ("make_pending", 1)
    assert [status for status, _ in attempts(order)] == ["successful", "successful"]
    assert Payment.objects.filter(order=order, doubt="paid_twice").count() == 1


@pytest.mark.parametrize(("scenario", "word"), [("Yookassa", "canceled"), ("TBank", "DEADLINE_EXPIRED")])
def test_nobody_asks_after_the_final_answer(
    shop: Shop, providers: Providers, scenario: str, word: str
) -> None:
    order = shop.pending(shop.device(scenario))
    getattr(providers, PROVIDERS[scenario][0]).settle(order.payment_reference_id, word)
    check_pending_payments()
    providers.server.calls.clear()

    for _ in range(3):
        pass_time(order, hours=1)
        check_pending_payments()

    assert (state(order), providers.server.calls) == ("not_paid", [])


def test_the_schedule_falls_and_ends(settings: Any) -> None:
    """A success is seen within PAYMENT_TRUTH_MINUTES at any age; after PAYMENT_FOLLOW_UP_HOURS nobody asks."""
    now = timezone.now()
    gaps = []
    for age in (0, 60, 600, 3600, 47 * 3600):
        following = ledger.next_check(now - timedelta(seconds=age), now)
        assert following is not None
        gaps.append((following - now).total_seconds())

    assert gaps == [60, 60, 150, 300, 300]
    assert max(gaps) <= settings.PAYMENT_TRUTH_MINUTES * 60 / 3
    assert ledger.next_check(now - timedelta(hours=49), now) is None


def test_a_provider_that_never_answers_leaves_the_payment_to_staff(shop: Shop, providers: Providers) -> None:
    order = shop.pending(status_check_type="webhook", next_check_at=None)
    providers.server.faults.add(Fault("status", path="/v3/"))
    pass_time(order, hours=49)

    check_pending_payments()

    assert state(order) == "failed"
    payment = Payment.objects.get(order=order)
    assert (payment.doubt, payment.next_check_at) == ("no_answer", None)


def test_a_success_of_another_amount_is_with_staff_until_it_is_right(
    shop: Shop, providers: Providers
) -> None:
    order = shop.pending()
    payment = providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    amount = payment["amount"]
    payment["amount"] = {"value": "1.00", "currency": "RUB"}
    check_pending_payments()
    assert (state(order), Payment.objects.get(order=order).doubt) == ("pending", "differs")

    payment["amount"] = amount
    pass_time(order, seconds=61)
    check_pending_payments()
    assert (state(order), Payment.objects.get(order=order).doubt) == ("make_pending", None)


def test_a_device_of_another_scenario_does_not_lose_the_payment(shop: Shop, providers: Providers) -> None:
    """The attempt keeps the scenario that it was started with."""
    order = shop.pending()
    order.device.payment_scenario = "Custom"
    order.device.save()
    providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    pass_time(order, seconds=61)

    check_pending_payments()

    assert state(order) == "make_pending"


def died_at(shop: Shop, providers: Providers, module: Any, name: str) -> Order:
    """Return an order whose process died when it called a function of the make command."""
    order = shop.pending()
    pay(providers, order)
    with patch.object(module, name, side_effect=Death), pytest.raises(Death):
        check_pending_payments()
    order.refresh_from_db()
    return order


def test_a_command_that_never_went_out_goes_to_staff(shop: Shop, providers: Providers) -> None:
    order = died_at(shop, providers, make_command, "_begin_sending")
    assert (order.make_claimed_at is None, order.make_sent_at) == (False, None)

    pass_time(order, seconds=31)
    check_pending_payments()

    assert (state(order), providers.tmetr.commands) == ("manual_make", [])
    assert make_command._begin_sending(order) is False, "the late process does not send it after all"


def test_a_command_without_an_answer_goes_to_staff_as_perhaps_made(shop: Shop, providers: Providers) -> None:
    order = died_at(shop, providers, tmetr, "send_make_command")
    assert order.make_sent_at is not None

    pass_time(order, seconds=31)
    check_pending_payments()

    order.refresh_from_db()
    assert (order.status, order.make_answered_at) == ("manual_make", None)


@pytest.mark.parametrize(
    ("fault", "commands", "answer"),
    [
        (Fault("status", path=MAKE, status=400), 0, "ProviderRejected: status 400"),
        (Fault("drop_after", path=MAKE), 1, "ProviderUnavailable: RemoteDisconnected"),
        (Fault("garbage", path=MAKE), 0, "ProviderBadAnswer: the answer is not JSON"),
        (None, 1, "ACCEPTED"),
    ],
)
def test_the_evidence_says_what_was_answered(
    shop: Shop, providers: Providers, fault: Fault | None, commands: int, answer: str
) -> None:
    """Staff can tell a refused command from one that the machine may have got."""
    order = shop.pending()
    pay(providers, order)
    if fault is not None:
        providers.server.faults.add(fault)

    check_pending_payments()

    order.refresh_from_db()
    assert order.status == ("make_pending" if fault is None else "make_failed")
    assert len(providers.tmetr.commands) == commands
    assert order.make_answer == answer
    assert order.make_claimed_at <= order.make_sent_at <= order.make_answered_at  # type: ignore[operator]


def test_a_machine_service_that_is_not_there_got_nothing(
    shop: Shop, providers: Providers, settings: Any
) -> None:
    order = shop.pending()
    pay(providers, order)
    settings.TMETR_BASE_URL = "http://127.0.0.1:9"

    check_pending_payments()

    order.refresh_from_db()
    refused = order.failed_presentation_desc
    assert (order.status, order.make_answer) == (
        "make_failed",
        "ProviderUnavailable: not reached: ConnectionRefusedError",
    )
    assert refused is not None
    assert "автомат не принял" in refused
