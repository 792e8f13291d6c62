"""The background check, tick by tick, against real providers (here without concurrency)."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from payments.background import claims, tick
from payments.models import MerchantCredentials, Order
from payments.orders.initiation import attempt_lease
from payments.tasks import check_pending_payments
from payments.user_messages import BACKGROUND_CHECK_MESSAGES
from provider_servers import Fault

from tests.shop import Providers, Shop, attempts, state

MAKE = "/api/commander"
WORDS: dict[str, dict[str, str]] = {
    "Yookassa": {},
    "TBank": {"succeeded": "CONFIRMED", "canceled": "CANCELED", "pending": "AUTHORIZED", "other": "REFUNDED"},
}


@pytest.fixture(autouse=True)
def one_thread(settings: Any) -> None:
    """Check in one thread: other connections do not see the rows of the test's transaction."""
    settings.PAYMENT_CHECK_THREADS = 1


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def settle(providers: Providers, order: Order, word: str) -> None:
    scenario = order.device.payment_scenario
    provider: Any = providers.tbank if scenario == "TBank" else providers.yookassa
    provider.settle(order.payment_reference_id, WORDS.get(scenario, {}).get(word, word))


TRACKS: dict[str, dict[str, float | None]] = {
    "fast": {},
    "slow": {"payment_started_at": 301},
    "expired": {"payment_started_at": 301, "expires_at": 1},
    "no start": {"payment_started_at": None},
}


@pytest.mark.parametrize("scenario", ["Yookassa", "YookassaReceipt", "TBank"])
@pytest.mark.parametrize(
    ("word", "track", "left", "next_check"),
    [
        ("pending", "fast", "pending", 2),
        ("pending", "no start", "pending", 2),
        ("pending", "slow", "pending", 60),
        ("pending", "expired", "not_paid", None),
        ("succeeded", "fast", "make_pending", None),
        ("succeeded", "slow", "manual_make", None),
        ("succeeded", "expired", "manual_make", None),
        ("canceled", "fast", "not_paid", None),
        ("canceled", "slow", "not_paid", None),
        ("canceled", "expired", "not_paid", None),
        ("waiting_for_capture", "fast", "failed", None),
        ("waiting_for_capture", "slow", "failed", None),
        ("waiting_for_capture", "expired", "failed", None),
        ("other", "fast", "pending", 2),
        ("other", "slow", "pending", 60),
        ("other", "expired", "not_paid", None),
    ],
)
def test_each_answer_has_its_outcome(
    shop: Shop, providers: Providers, scenario: str, word: str, track: str, left: str, next_check: int | None
) -> None:
    """The table of docs/domain.md, section 7: the provider's answer by the order's track."""
    if scenario == "TBank" and word == "waiting_for_capture":
        left, next_check = {"fast": ("pending", 2), "slow": ("pending", 60), "expired": ("not_paid", None)}[
            track
        ]
    moments = {name: value and ago(value) for name, value in TRACKS[track].items()}
    device = shop.device(scenario)
    order = shop.order(device)
    shop.initiate(order, email="anna@example.com")
    Order.objects.update(next_check_at=ago(0), check_attempts=7, **moments)
    order.refresh_from_db()
    settle(providers, order, word)

    assert check_pending_payments() == 1

    order.refresh_from_db()
    assert order.status == left
    assert order.check_attempts == 0
    assert providers.tmetr.made(order.pk) == (left == "make_pending")
    if next_check is None:
        assert order.next_check_at is None
    else:
        assert order.next_check_at is not None
        assert order.last_check_at is not None
        delay = (order.next_check_at - order.last_check_at).total_seconds()
        assert next_check <= delay < next_check + 5
    if left in {"failed", "manual_make"}:
        assert order.failed_presentation_desc


@pytest.mark.parametrize(
    ("expired", "attempts_before", "left"),
    [
        (False, 0, "pending"),
        (True, 0, "pending"),
        (False, 49, "pending"),
        (True, 49, "pending"),
        (False, 50, "failed"),
        (True, 50, "failed"),
    ],
)
@pytest.mark.parametrize("kind", ["delay", "drop", "garbage", "500", "403"])
def test_errors_are_counted_until_the_limit(
    shop: Shop, providers: Providers, kind: str, expired: bool, attempts_before: int, left: str
) -> None:
    """An error never counts as the last check; above the limit of attempts the order fails."""
    order = shop.pending(check_attempts=attempts_before, **({"expires_at": ago(1)} if expired else {}))
    fault = Fault("status", status=int(kind)) if kind.isdigit() else Fault(kind, seconds=60)
    fault.path = "/v3/"
    providers.server.faults.add(fault)

    check_pending_payments()

    order.refresh_from_db()
    assert (order.status, order.check_attempts) == (left, attempts_before + 1)
    if left == "failed":
        assert order.failed_presentation_desc == BACKGROUND_CHECK_MESSAGES["payment_retry_exhausted"]
        assert order.next_check_at is None


def test_missing_credentials_are_an_error_like_any_other(shop: Shop) -> None:
    order = shop.pending()
    MerchantCredentials.objects.all().delete()

    check_pending_payments()

    order.refresh_from_db()
    assert (order.status, order.check_attempts) == ("pending", 1)


def test_credentials_that_no_key_decrypts_are_missing_ones(
    shop: Shop, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The order does not stay pending for ever: attempts are counted, and the log says what to do."""
    order = shop.pending(check_attempts=settings.PAYMENT_ATTEMPTS_LIMIT)
    settings.CREDENTIALS_ENCRYPTION_KEY = [Fernet.generate_key().decode()]

    check_pending_payments()

    assert state(order) == "failed"
    assert "do not decrypt" in str([vars(record) for record in caplog.records])


def test_a_pending_order_without_reference_fails_at_once(shop: Shop, providers: Providers) -> None:
    order = shop.pending(payment_reference_id="")
    providers.server.calls.clear()

    check_pending_payments()

    assert state(order) == "failed"
    assert providers.server.calls == []


@pytest.mark.parametrize("change", ["amount", "order"])
def test_a_payment_that_is_not_the_orders_does_not_pay_it(
    shop: Shop, providers: Providers, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    order = shop.pending()
    payment = providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    payment |= {"amount": {"value": "1.00", "currency": "RUB"}} if change == "amount" else {"metadata": {}}

    check_pending_payments()

    assert (state(order), providers.tmetr.commands) == ("pending", [])
    assert "the payment is not this order's" in caplog.text


def test_a_retried_bank_payment_is_known_by_its_own_order_id(shop: Shop, providers: Providers) -> None:
    order = shop.order(shop.device("TBank"), id="o")
    shop.initiate(order)
    Order.objects.update(status="not_paid")
    shop.initiate(order)
    Order.objects.update(next_check_at=ago(0))
    order.refresh_from_db()
    settle(providers, order, "succeeded")

    check_pending_payments()

    assert state(order) == "make_pending"
    assert [status for status, _ in attempts(order)] == ["pending", "successful"]


@pytest.mark.parametrize("kind", ["delay", "status", "garbage", "drop"])
def test_a_failed_make_command_is_not_repeated(shop: Shop, providers: Providers, kind: str) -> None:
    order = shop.pending()
    settle(providers, order, "succeeded")
    providers.server.faults.add(Fault(kind, path=MAKE, seconds=60))

    check_pending_payments()
    check_pending_payments()

    assert state(order) == "make_failed"
    assert len(providers.server.calls_to(MAKE)) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"next_check_at": timezone.now() + timedelta(hours=1)},
        {"status_check_type": "webhook"},
        {"status_check_type": "none"},
        {"status": "paid"},
        {"status": "created"},
    ],
)
def test_what_is_not_due_is_left_alone(shop: Shop, providers: Providers, values: dict[str, Any]) -> None:
    order = shop.pending(**values)
    providers.server.calls.clear()

    assert check_pending_payments() == 0
    assert (state(order), providers.server.calls) == (values.get("status", "pending"), [])


def test_a_blank_scenario_is_polled_as_the_default_one(shop: Shop, providers: Providers) -> None:
    device = shop.device("", keys=False)
    shop.credentials("Yookassa")
    order = shop.pending(device)
    settle(providers, order, "succeeded")

    assert check_pending_payments() == 1
    assert state(order) == "make_pending"


def test_a_tick_takes_a_batch_and_those_that_wait_longest(shop: Shop, settings: Any) -> None:
    settings.PAYMENT_CHECK_BATCH_SIZE = 2
    device = shop.device()
    orders = [shop.pending(device, next_check_at=ago(age)) for age in (10, 30, 20)]

    assert check_pending_payments() == 2

    checked = set(Order.objects.filter(last_check_at__isnull=False).values_list("pk", flat=True))
    assert checked == {orders[1].pk, orders[2].pk}


def test_a_lost_claim_drops_the_answer(shop: Shop, providers: Providers) -> None:
    """An answer changes nothing when another process has claimed the order meanwhile."""
    order = shop.pending()
    settle(providers, order, "succeeded")
    claimed = claims.claim()
    assert claimed is not None
    Order.objects.update(next_check_at=timezone.now() + timedelta(minutes=1))

    tick.check(claimed, MerchantCredentials.objects.get())

    assert (state(order), providers.tmetr.commands) == ("pending", [])


def test_a_dead_workers_order_comes_back_when_the_lease_ends(shop: Shop, providers: Providers) -> None:
    order = shop.pending()
    settle(providers, order, "succeeded")
    before = timezone.now()
    assert claims.claim() is not None
    after = timezone.now()

    assert check_pending_payments() == 0
    order.refresh_from_db()
    assert order.next_check_at is not None
    assert before <= order.next_check_at - attempt_lease() <= after

    Order.objects.update(next_check_at=ago(0))
    assert check_pending_payments() == 1
    assert state(order) == "make_pending"


def test_an_answer_from_before_the_end_is_not_the_last_check(shop: Shop, providers: Providers) -> None:
    """The order expires during a check: one more check follows, so no payment is missed."""
    order = shop.pending()
    claimed = claims.claim()
    assert claimed is not None
    Order.objects.update(expires_at=timezone.now())

    tick.check(claimed, MerchantCredentials.objects.get())

    order.refresh_from_db()
    assert (order.status, order.next_check_at is not None) == ("pending", True)


@pytest.mark.parametrize(("age", "left"), [(31, "manual_make"), (20, "paid")])
def test_an_order_whose_process_died_in_paid_goes_to_staff(
    shop: Shop, providers: Providers, age: int, left: str
) -> None:
    order = shop.order(status="paid")
    Order.objects.update(updated_at=ago(age))

    check_pending_payments()

    assert (state(order), providers.tmetr.commands) == (left, [])


@pytest.mark.parametrize(
    "values",
    [
        {"status_check_type": "webhook", "next_check_at": None},
        {"status_check_type": "none", "next_check_at": None},
        {"status_check_type": None},
        {"status_check_type": "polling", "next_check_at": None},
    ],
)
@pytest.mark.parametrize(("expired", "left"), [(True, "not_paid"), (False, "pending")])
def test_nothing_that_is_not_polled_is_pending_for_ever(
    shop: Shop, values: dict[str, Any], expired: bool, left: str
) -> None:
    order = shop.order(status="pending", expires_at=ago(1) if expired else None)
    Order.objects.update(**values)

    check_pending_payments()

    assert state(order) == left


def test_a_device_that_became_custom_leaves_nothing_pending(shop: Shop) -> None:
    order = shop.pending(expires_at=ago(1))
    order.device.payment_scenario = "Custom"
    order.device.save()

    check_pending_payments()

    assert state(order) == "not_paid"


def test_one_broken_order_does_not_end_the_tick(
    shop: Shop, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = shop.device()
    broken, good = shop.pending(device, next_check_at=ago(20)), shop.pending(device)
    settle(providers, good, "succeeded")
    check = tick.check

    def check_or_break(claimed: claims.Claim, credentials: Any) -> None:
        if claimed.order.pk == broken.pk:
            raise ZeroDivisionError
        check(claimed, credentials)

    monkeypatch.setattr(tick, "check", check_or_break)

    assert check_pending_payments() == 2
    assert (state(broken), state(good)) == ("pending", "make_pending")


def test_an_idle_tick_is_quiet(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        check_pending_payments()

    assert caplog.records == []
