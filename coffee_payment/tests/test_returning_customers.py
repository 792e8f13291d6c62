"""Customers who come back: to an open payment, after a refusal, after the device or the merchant has changed."""

from datetime import timedelta

import pytest
from django.utils import timezone
from payments.models import Device, Merchant, Order
from payments.providers.tbank.order_ids import is_order_id_of, order_id_of_attempt
from payments.tasks import check_pending_payments
from provider_servers import Fault

from tests.shop import Providers, Shop, attempts, bank_order_id, state
from tests.test_initiate import refused


@pytest.mark.parametrize("order_id", ["o", "8c3b8c2a-382e-4b56-a4ac-557078925c9c", "Заказ " * 42])
@pytest.mark.parametrize("first_end", ["a cancel", "an error of Init"])
def test_tbank_takes_a_second_try_whatever_the_order_id(
    shop: Shop, providers: Providers, order_id: str, first_end: str
) -> None:
    """Each attempt has an OrderId of its own that the bank's limit of 36 characters allows."""
    order = shop.order(shop.device("TBank"), id=order_id)
    if first_end == "a cancel":
        shop.initiate(order)
        Order.objects.update(status="not_paid")
    else:
        providers.server.faults.add(Fault("status", path="/v2/Init", times=1, status=502))
        refused(shop.initiate(order), 503, "payment_creation_failed")

    assert shop.initiate(order).status_code == 200

    sent = [call.body["OrderId"] for call in providers.server.calls_to("/v2/Init")]
    assert len(set(sent)) == 2
    assert all(len(each) <= 36 and is_order_id_of(each, order_id) for each in sent)
    order.refresh_from_db()
    assert bank_order_id(str(order.payment_reference_id)) == sent[1]


@pytest.mark.parametrize(
    ("bank_order_id", "is_ours"),
    [
        ("o-1", True),
        ("o-1-r2", True),
        ("o-1-r0", False),
        ("o", False),
        ("o-1-2", False),
        (order_id_of_attempt("o-1", 3), True),
        (order_id_of_attempt("o", 3), False),
    ],
)
def test_former_order_ids_stay_understood(bank_order_id: str, is_ours: bool) -> None:
    assert is_order_id_of(bank_order_id, "o-1") is is_ours


@pytest.mark.parametrize("scenario", ["Yookassa", "TBank"])
def test_an_open_payment_gives_its_page_again(shop: Shop, providers: Providers, scenario: str) -> None:
    """The customer closed the bank's page, or a stranger who knows the id was first."""
    order = shop.order(shop.device(scenario))
    first = shop.initiate(order).json()

    again = shop.initiate(order, email="not an address")

    assert (again.status_code, again.json()) == (200, first)
    assert len(attempts(order)) == 1
    assert len([call for call in providers.server.calls if call.method == "POST"]) == 1


@pytest.mark.parametrize(("settled", "left"), [("canceled", "not_paid"), ("succeeded", "make_pending")])
def test_a_payment_that_has_ended_gives_no_page(
    shop: Shop, providers: Providers, settled: str, left: str
) -> None:
    order = shop.pending()
    providers.yookassa.settle(str(order.payment_reference_id), settled)

    refused(shop.initiate(order), 409, "order_already_processed")

    assert state(order) == left


def test_the_service_of_a_merchant_may_end_between_scan_and_payment(shop: Shop, providers: Providers) -> None:
    order, opened = shop.order(), shop.pending()
    Merchant.objects.update(valid_until=timezone.localdate() - timedelta(days=2))
    calls = len(providers.server.calls)

    refused(shop.initiate(order), 403, "merchant_expired")

    assert (attempts(order), len(providers.server.calls)) == ([], calls)
    assert shop.initiate(opened).status_code == 200


@pytest.mark.parametrize(("old", "new"), [("Yookassa", "TBank"), ("TBank", "Yookassa"), ("TBank", "Custom")])
def test_an_order_keeps_the_scenario_that_it_was_started_with(
    shop: Shop, providers: Providers, old: str, new: str
) -> None:
    """Its page, its check and its notifications do not follow the device."""
    device = shop.device(old)
    polled, notified = shop.pending(device), shop.pending(device)
    Device.objects.filter(pk=device.pk).update(payment_scenario=new)
    bank = providers.tbank if old == "TBank" else providers.yookassa
    for order in (polled, notified):
        assert shop.initiate(order).status_code == 200
        bank.settle(str(order.payment_reference_id), bank.paid)
    Order.objects.filter(pk=notified.pk).update(next_check_at=None)

    check_pending_payments()
    path = "/v1/tbank-pay-webhook" if old == "TBank" else "/v1/yook-pay-webhook"
    answer = shop.notify(path, bank.notification(str(notified.payment_reference_id)))

    assert answer.status_code == 200
    assert [state(polled), state(notified)] == ["make_pending"] * 2


def test_a_late_payment_of_another_scenario_is_taken(shop: Shop, providers: Providers) -> None:
    """The first try was at YooKassa, the second is at the bank; the customer pays the first."""
    device = shop.device()
    order = shop.pending(device)
    first = str(order.payment_reference_id)
    Order.objects.filter(pk=order.pk).update(status="not_paid")
    shop.credentials("TBank")
    Device.objects.filter(pk=device.pk).update(payment_scenario="TBank")
    assert shop.initiate(order).status_code == 200
    providers.yookassa.settle(first, "succeeded")

    assert shop.notify("/v1/yook-pay-webhook", providers.yookassa.notification(first)).status_code == 200

    assert state(order) == "make_pending"
