"""Providers' notifications: only the provider's answer to a call is believed."""

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from payments.models import Device, Merchant, Order, Payment, Receipt, TBankPayment
from payments.tasks import check_pending_payments
from payments.user_messages import ERROR_MESSAGES
from provider_servers import Fault
from provider_servers.tbank import sign

from tests.shop import PASSWORD, PRICE, Providers, Shop, attempts, state

YOOKASSA = "/v1/yook-pay-webhook"
BANK = "/v1/tbank-pay-webhook"
MAKE = "/api/commander/v1/command/make"
SCENARIOS = ["Yookassa", "TBank"]


class Payer:
    """Pays, cancels and notifies at either provider."""

    def __init__(self, shop: Shop, providers: Providers, scenario: str) -> None:
        self.shop, self.scenario = shop, scenario
        self.provider: Any = providers.tbank if scenario == "TBank" else providers.yookassa
        self.path = BANK if scenario == "TBank" else YOOKASSA
        self.words = (
            {
                "succeeded": "CONFIRMED",
                "canceled": "REJECTED",
                "pending": "FORM_SHOWED",
                "other": "PARTIAL_REFUNDED",
            }
            if scenario == "TBank"
            else {"other": "under_review"}
        )

    def settle(self, payment_id: str | None, word: str, **changes: Any) -> None:
        self.provider.settle(payment_id, self.words.get(word, word), **changes)

    def notify(self, payment_id: str | None) -> Any:
        return self.shop.notify(self.path, self.provider.notification(payment_id))


@pytest.fixture(params=SCENARIOS)
def payer(request: pytest.FixtureRequest, shop: Shop, providers: Providers) -> Payer:
    return Payer(shop, providers, request.param)


@pytest.fixture
def order(shop: Shop, payer: Payer) -> Order:
    return shop.pending(shop.device(payer.scenario))


@pytest.mark.parametrize("way", ["notification", "check"])
def test_a_machine_sold_meanwhile_is_paid_to_whom_the_customer_paid(
    order: Order, payer: Payer, providers: Providers, way: str
) -> None:
    """The order keeps its merchant, and the provider is asked with that merchant's keys."""
    buyer = Merchant.objects.create(
        name="Новый хозяин", contact_email="n@example.com", bank_account="2", valid_until=date.max
    )
    Device.objects.update(merchant=buyer)
    payer.settle(order.payment_reference_id, "succeeded")

    if way == "check":
        assert check_pending_payments() == 1
    else:
        assert payer.notify(order.payment_reference_id).status_code == 200

    assert (state(order), providers.tmetr.made(order.pk)) == ("make_pending", 1)


@pytest.mark.parametrize(
    ("word", "left", "made", "ledger"),
    [
        ("succeeded", "make_pending", 1, "successful"),
        ("canceled", "not_paid", 0, "failed"),
        ("pending", "pending", 0, "pending"),
        ("other", "pending", 0, "pending"),
    ],
)
def test_the_providers_answer_moves_the_order(
    order: Order, payer: Payer, providers: Providers, word: str, left: str, made: int, ledger: str
) -> None:
    payer.settle(order.payment_reference_id, word)

    answers = [payer.notify(order.payment_reference_id) for _ in range(2)]

    body = b"OK" if payer.scenario == "TBank" else b""
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, body)] * 2
    assert state(order) == left
    assert providers.tmetr.made(order.pk) == made
    assert attempts(order) == [(ledger, order.payment_reference_id)]


def test_the_make_command_is_what_the_machine_needs(order: Order, payer: Payer, providers: Providers) -> None:
    payer.settle(order.payment_reference_id, "succeeded")
    payer.notify(order.payment_reference_id)

    assert providers.tmetr.commands == [
        {
            "deviceId": order.device.device_uuid,
            "orderUuid": order.pk,
            "drinkUuid": "7",
            "size": "medium",
            "price": PRICE,
        }
    ]


def test_a_waiting_capture_fails_the_order(shop: Shop, providers: Providers) -> None:
    order = shop.pending()
    providers.yookassa.settle(str(order.payment_reference_id), "waiting_for_capture")

    assert Payer(shop, providers, "Yookassa").notify(order.payment_reference_id).status_code == 200

    order.refresh_from_db()
    assert order.status == "failed"
    assert order.failed_presentation_desc


@pytest.mark.parametrize("done", [[], ["ACCEPTED"]])
def test_the_machines_answer_may_say_made(order: Order, payer: Payer, settings: Any, done: list[str]) -> None:
    settings.TMETR_MAKE_DONE_STATUSES = done
    payer.settle(order.payment_reference_id, "succeeded")
    payer.notify(order.payment_reference_id)

    assert state(order) == ("successful" if done else "make_pending")


@pytest.mark.parametrize("kind", ["delay", "status", "garbage", "drop", "drop_after"])
def test_a_failed_make_command_is_never_repeated(
    order: Order, payer: Payer, providers: Providers, kind: str
) -> None:
    """The machine may have got the command, so it is not sent again and staff decides."""
    providers.server.faults.add(Fault(kind, path=MAKE, seconds=60, times=1))
    payer.settle(order.payment_reference_id, "succeeded")

    answers = [payer.notify(order.payment_reference_id).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert state(order) == "make_failed"
    assert len(providers.server.calls_to(MAKE)) == 1


def test_a_repeat_is_answered_without_asking_the_provider(
    order: Order, payer: Payer, providers: Providers
) -> None:
    payer.settle(order.payment_reference_id, "succeeded")
    payer.notify(order.payment_reference_id)
    providers.server.calls.clear()

    assert payer.notify(order.payment_reference_id).status_code == 200
    assert providers.server.calls == []


@pytest.mark.parametrize("status", ["created", "not_paid", "failed"])
def test_money_that_comes_late_goes_to_staff(
    order: Order, payer: Payer, providers: Providers, status: str
) -> None:
    Order.objects.update(status=status, next_check_at=None)
    payer.settle(order.payment_reference_id, "succeeded")

    assert payer.notify(order.payment_reference_id).status_code == 200

    order.refresh_from_db()
    assert (order.status, providers.tmetr.made(order.pk)) == ("manual_make", 0)
    assert order.failed_presentation_desc


def test_money_for_an_expired_order_goes_to_staff(order: Order, payer: Payer, providers: Providers) -> None:
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    payer.settle(order.payment_reference_id, "succeeded")

    assert payer.notify(order.payment_reference_id).status_code == 200
    assert (state(order), providers.tmetr.made(order.pk)) == ("manual_make", 0)


def test_an_older_attempt_that_is_paid_after_all_counts(shop: Shop, providers: Providers) -> None:
    """Two payments of one order succeed: the first makes the drink, the second is an error for staff."""
    order = shop.order(shop.device("TBank"), id="o")
    shop.initiate(order)
    Order.objects.update(status="not_paid")
    shop.initiate(order)
    old, new = providers.tbank.payments
    payer = Payer(shop, providers, "TBank")
    payer.settle(old, "succeeded")
    payer.settle(new, "succeeded")

    assert payer.notify(old).status_code == 200
    order.refresh_from_db()
    assert (order.status, order.payment_reference_id) == ("make_pending", old)
    assert payer.notify(new).status_code == 200

    assert (state(order), providers.tmetr.made(order.pk)) == ("make_pending", 1)
    assert attempts(order) == [("successful", old), ("successful", new)]


def test_a_second_success_is_an_error_in_the_log(
    shop: Shop, providers: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    order = shop.pending()
    other = providers.yookassa._new(  # the provider has a second payment of this order
        {
            "amount": {"value": "150.00", "currency": "RUB"},
            "confirmation": {"return_url": "https://a.ru"},
            "metadata": {"order_uuid": order.pk},
        }
    )
    providers.yookassa.payments[other["id"]] = other
    providers.yookassa._owners[other["id"]] = "100500"
    payer = Payer(shop, providers, "Yookassa")
    for payment_id in (order.payment_reference_id, other["id"]):
        payer.settle(payment_id, "succeeded")
        assert payer.notify(payment_id).status_code == 200

    errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == ["second successful payment of an order: refund needed"]
    order.refresh_from_db()
    assert (order.status, order.payment_reference_id != other["id"]) == ("make_pending", True)


def test_a_canceled_older_attempt_is_ignored(shop: Shop, providers: Providers) -> None:
    order = shop.order(shop.device("TBank"), id="o")
    shop.initiate(order)
    Order.objects.update(status="not_paid")
    shop.initiate(order)
    old, _ = providers.tbank.payments
    payer = Payer(shop, providers, "TBank")
    payer.settle(old, "canceled")

    assert payer.notify(old).status_code == 200
    assert state(order) == "pending"


def test_a_success_finds_the_attempt_that_lost_its_id(shop: Shop, providers: Providers) -> None:
    """The process died before it stored the payment: the notification still finds the order."""
    order = shop.pending()
    Order.objects.update(status="created", payment_reference_id=None, next_check_at=None)
    Payment.objects.update(transaction_id="")
    payment_id = next(iter(providers.yookassa.payments))
    providers.yookassa.settle(payment_id, "succeeded")

    assert Payer(shop, providers, "Yookassa").notify(payment_id).status_code == 200

    order.refresh_from_db()
    assert (order.status, order.payment_reference_id) == ("manual_make", payment_id)
    assert attempts(order) == [("successful", payment_id)]


@pytest.mark.parametrize(
    ("registration", "status"), [("succeeded", "sent"), ("canceled", "failed"), ("pending", "pending")]
)
def test_a_receipt_follows_its_registration(
    shop: Shop, providers: Providers, registration: str, status: str
) -> None:
    order = shop.order(shop.device("YookassaReceipt"))
    shop.initiate(order, email="anna@example.com")
    order.refresh_from_db()
    payment_id = str(order.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded", receipt_registration=registration)

    Payer(shop, providers, "YookassaReceipt").notify(payment_id)

    receipt = Receipt.objects.get()
    assert (receipt.status, receipt.sent_at is not None) == (status, status == "sent")


def test_the_banks_row_follows_its_payment(shop: Shop, providers: Providers) -> None:
    order = shop.pending(shop.device("TBank"))
    payer = Payer(shop, providers, "TBank")
    payer.settle(order.payment_reference_id, "succeeded")
    payer.notify(order.payment_reference_id)

    assert TBankPayment.objects.get().status == "completed"


@pytest.mark.parametrize(
    ("kind", "status", "answer"),
    [
        ("delay", 0, 503),
        ("drop", 0, 503),
        ("garbage", 0, 503),
        ("status", 500, 503),
        ("status", 401, 503),
        ("status", 404, 400),
    ],
)
def test_a_provider_that_cannot_be_asked_changes_nothing(
    order: Order, payer: Payer, providers: Providers, kind: str, status: int, answer: int
) -> None:
    """The provider repeats after 503, and the repeat settles the order."""
    payer.settle(order.payment_reference_id, "succeeded")
    providers.server.faults.add(Fault(kind, path="/v", seconds=60, status=status))

    assert payer.notify(order.payment_reference_id).status_code == answer
    assert state(order) == "pending"

    providers.server.faults.clear()
    assert payer.notify(order.payment_reference_id).status_code == 200
    assert state(order) == "make_pending"


@pytest.mark.parametrize(
    "change", ["amount", "currency", "order", "unpaid", "unknown payment", "other account"]
)
def test_a_forged_yookassa_notification_changes_nothing(
    shop: Shop, providers: Providers, change: str
) -> None:
    """A forged notification changes nothing: order, amount and currency of the payment must match."""
    order = shop.pending()
    payment_id = str(order.payment_reference_id)
    payment = providers.yookassa.payments[payment_id]
    if change != "unpaid":
        providers.yookassa.settle(payment_id, "succeeded")
    match change:
        case "amount":
            payment["amount"] = {"value": "1.00", "currency": "RUB"}
        case "currency":
            payment["amount"] = {"value": "150.00", "currency": "USD"}
        case "order":
            payment["metadata"] = {"order_uuid": "another"}
        case "unknown payment":
            payment_id = "2d9c1a0e-000f-5000-8000-1e9f1c8b9d7a"
        case "other account":
            providers.yookassa._owners[payment_id] = "1"

    claim = {"id": payment_id, "status": "succeeded", "metadata": {"order_uuid": order.pk}}
    answer = shop.notify(YOOKASSA, {"event": "payment.succeeded", "object": claim})

    assert answer.status_code == (200 if change == "unpaid" else 400)
    assert state(order) == "pending"
    assert providers.tmetr.commands == []
    assert attempts(order) == [("pending", order.payment_reference_id)]


def test_one_paid_payment_cannot_pay_another_order(shop: Shop, providers: Providers) -> None:
    paid, victim = shop.pending(), shop.pending()
    payment_id = str(paid.payment_reference_id)
    providers.yookassa.settle(payment_id, "succeeded")

    claim = {"id": payment_id, "metadata": {"order_uuid": victim.pk}}
    answer = shop.notify(YOOKASSA, {"event": "payment.succeeded", "object": claim})

    assert answer.status_code == 400
    assert (state(paid), state(victim)) == ("pending", "pending")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"event": 7, "object": {}}, 400),
        ({"event": "payment.succeeded"}, 400),
        ({"event": "payment.succeeded", "object": []}, 400),
        ({"event": "payment.succeeded", "object": {"id": "a/../b", "metadata": {"order_uuid": "x"}}}, 400),
        ({"event": "payment.succeeded", "object": {"id": "a" * 65, "metadata": {"order_uuid": "x"}}}, 400),
        ({"event": "payment.succeeded", "object": {"id": "a", "metadata": None}}, 400),
        ({"event": "payment.succeeded", "object": {"id": "a", "metadata": {"order_uuid": "nobody"}}}, 404),
        ({"event": "refund.succeeded", "object": {"id": "a"}}, 200),
    ],
)
def test_yookassa_bodies_are_answered_by_the_book(shop: Shop, body: Any, status: int) -> None:
    assert shop.notify(YOOKASSA, body).status_code == status


@pytest.mark.parametrize("path", [YOOKASSA, BANK])
def test_what_is_no_json_object_is_refused(shop: Shop, path: str) -> None:
    answers = [
        shop.client.get(path),
        shop.client.post(path, b"[]", content_type="application/json"),
        shop.client.post(path, b"{", content_type="application/json"),
        shop.client.post(path, b"\xff", content_type="application/json"),
    ]

    expected = {"error": ERROR_MESSAGES["invalid_request"]}
    assert [(answer.status_code, answer.json()) for answer in answers] == [(400, expected)] * 4


@pytest.mark.parametrize(
    ("changes", "resigned", "status"),
    [
        ({"Token": "0" * 64}, False, 400),
        ({"Token": "ы"}, False, 400),
        ({"Amount": 1}, False, 400),
        ({"OrderId": "another"}, True, 400),
        ({"PaymentId": 1}, True, 404),
        ({"PaymentId": "../x"}, True, 400),
    ],
)
def test_a_forged_bank_notification_changes_nothing(
    shop: Shop, providers: Providers, changes: dict[str, Any], resigned: bool, status: int
) -> None:
    order = shop.pending(shop.device("TBank"))
    payment_id = str(order.payment_reference_id)
    providers.tbank.settle(payment_id, "CONFIRMED")
    body = providers.tbank.notification(payment_id) | changes
    if resigned:
        body["Token"] = sign(body, PASSWORD)
    providers.server.calls.clear()

    assert shop.notify(BANK, body).status_code == status
    assert state(order) == "pending"
    assert providers.server.calls == []


@pytest.mark.parametrize("change", [{"Amount": 1}, {"OrderId": "another"}, {"status": "AUTHORIZED"}])
def test_the_banks_own_answer_counts_not_the_notification(
    shop: Shop, providers: Providers, change: dict[str, Any]
) -> None:
    order = shop.pending(shop.device("TBank"))
    payment_id = str(order.payment_reference_id)
    providers.tbank.settle(payment_id, "CONFIRMED")
    body = providers.tbank.notification(payment_id)
    providers.tbank.settle(payment_id, **{"status": "CONFIRMED", **change})

    assert shop.notify(BANK, body).status_code == (200 if "status" in change else 400)
    assert state(order) == "pending"
    assert providers.tmetr.commands == []


def test_bodies_are_logged_by_field_name_only(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        shop.notify(YOOKASSA, {"event": "payment.x", "object": {"email": "anna@example.com"}})

    record = next(each for each in caplog.records if each.message == "notification")
    assert vars(record)["field_names"] == ["event", "object"]
    assert "anna@example.com" not in str(
        [vars(each) for each in caplog.records if each.name.startswith("payments")]
    )
