"""GET /v1/pay: what a scan of a QR code leads to."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from payments.models import Device, Order
from payments.user_messages import ERROR_MESSAGES
from provider_servers import Fault

from tests.shop import PRICE, Providers, Shop, state

DRINK = "/api/ui/v1/static/drink"
HEARTBEAT = "/api/ui/v1/stat/heartbeat"


@pytest.mark.parametrize("path", ["/v1/pay", "/v1/tbank-pay", "/v1/yook-pay"])
@pytest.mark.parametrize("scenario", ["Yookassa", "YookassaReceipt", "TBank", ""])
def test_a_scan_creates_an_order_and_leads_to_its_page(shop: Shop, path: str, scenario: str) -> None:
    device = shop.device(scenario)

    answer = shop.scan(device, path, uuid="order 1&x=1", size="2")

    assert answer.status_code == 302
    assert answer["Location"] == "/v1/order-status-page?order_id=order%201%26x%3D1"
    order = Order.objects.get()
    assert (order.pk, order.status, order.size, int(order.price)) == ("order 1&x=1", "created", 3, PRICE)
    assert (order.drink_name, order.drink_number) == ("Капучино", "7")
    assert (order.device, order.merchant) == (device, shop.merchant)
    assert order.expires_at is not None
    assert timedelta(minutes=14) < order.expires_at - timezone.now() <= timedelta(minutes=15)


@pytest.mark.parametrize("name", ["deviceUuid", "drinkName", "drinkNo", "uuid", "size"])
@pytest.mark.parametrize("value", ["", "  "])
def test_a_blank_parameter_is_missing(shop: Shop, name: str, value: str) -> None:
    answer = shop.scan(shop.device(), **{name: value})

    assert answer.status_code == 400
    assert ERROR_MESSAGES["missing_parameters"] in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "3"}, "invalid_request"),
        ({"size": "-1"}, "invalid_request"),
        ({"size": "01"}, "invalid_request"),
        ({"uuid": "x" * 256}, "invalid_order_id"),
        ({"uuid": "a\0b"}, "invalid_order_id"),
        ({"uuid": "a/b"}, "invalid_order_id"),
        ({"drinkName": "x" * 256}, "invalid_request"),
        ({"drinkNo": "a\0b"}, "invalid_request"),
    ],
)
def test_bad_parameters_are_refused(shop: Shop, changes: dict[str, str], message: str) -> None:
    answer = shop.scan(shop.device(), **changes)

    assert answer.status_code == 400
    assert ERROR_MESSAGES[message] in answer.content.decode()
    assert not Order.objects.exists()


def test_an_unknown_device_is_not_found(shop: Shop) -> None:
    answer = shop.scan(shop.device(), deviceUuid="nobody")

    assert answer.status_code == 404
    assert ERROR_MESSAGES["device_not_found"] in answer.content.decode()


def test_only_get_is_answered(shop: Shop) -> None:
    assert shop.client.post("/v1/pay").status_code == 405


def test_the_error_page_wears_the_devices_colours_without_its_scripts(shop: Shop) -> None:
    """The device's error text is shown, but a script, a handler or a javascript link in it is not."""
    device = shop.device(
        client_error_info='<b>Звоните</b><script>bad()</script><a href="javascript:bad()">x</a>'
    )

    page = shop.scan(device, uuid="x" * 256, drinkName="<script>bad()</script>").content.decode()
    branded = shop.scan(device, uuid=shop.order(shop.device()).pk).content.decode()

    assert "bad()" not in page + branded
    assert "<b>Звоните</b>" in branded


def test_an_existing_order_is_used_again_whatever_its_status(shop: Shop, providers: Providers) -> None:
    device = shop.device()
    order = shop.order(device, "successful")

    answer = shop.scan(device, uuid=order.pk)

    assert answer.status_code == 302
    assert order.pk in answer["Location"]
    assert not providers.server.calls_to(DRINK)
    assert state(order) == "successful"


@pytest.mark.parametrize(
    ("other", "expired", "message"), [(True, False, "invalid_order_id"), (False, True, "order_expired")]
)
def test_a_foreign_or_expired_order_is_refused(shop: Shop, other: bool, expired: bool, message: str) -> None:
    device = shop.device()
    order = shop.order(shop.device() if other else device)
    if expired:
        Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    answer = shop.scan(device, uuid=order.pk)

    assert answer.status_code == 400
    assert ERROR_MESSAGES[message] in answer.content.decode()


@pytest.mark.parametrize(
    ("seen", "message"),
    [
        (None, "device_offline"),
        (lambda: time.time() - 16 * 60, "device_offline"),
        (lambda: (time.time() - 16 * 60) * 1000, "device_offline"),
        (lambda: "yesterday", "heartbeat_check_failed"),
        (lambda: 1e300, "heartbeat_check_failed"),
        (lambda: True, "heartbeat_check_failed"),
        (lambda: time.time() - 14 * 60, None),
        (lambda: (time.time() - 14 * 60) * 1000, None),
        (lambda: time.time() + 3600, None),
    ],
)
def test_the_heartbeat_decides_whether_a_device_is_online(
    shop: Shop, providers: Providers, seen: object, message: str | None
) -> None:
    """Seconds and milliseconds are told apart by magnitude; the future counts as fresh."""
    device = shop.device(last_interaction=timezone.now() - timedelta(days=1))
    providers.tmetr.heartbeats[device.device_uuid] = seen() if callable(seen) else None

    answer = shop.scan(device)

    device.refresh_from_db()
    fresh = timezone.now() - device.last_interaction < timedelta(minutes=15)
    assert fresh is (message is None)
    assert answer.status_code == (302 if message is None else 400)
    if message:
        assert ERROR_MESSAGES[message] in answer.content.decode()


@pytest.mark.parametrize("kind", ["delay", "status", "garbage", "drop"])
def test_a_failing_heartbeat_ends_the_scan(shop: Shop, providers: Providers, kind: str) -> None:
    providers.server.faults.add(Fault(kind, path=HEARTBEAT, seconds=60))

    answer = shop.scan(shop.device())

    assert answer.status_code == 400
    assert ERROR_MESSAGES["heartbeat_check_failed"] in answer.content.decode()


def test_a_test_device_need_not_be_online(shop: Shop, providers: Providers) -> None:
    device = shop.device(status=Device.Status.TEST)
    providers.tmetr.heartbeats[device.device_uuid] = None

    assert shop.scan(device).status_code == 302
    assert not providers.server.calls_to(HEARTBEAT)


def test_a_merchants_last_day_is_paid_for(shop: Shop, settings: object) -> None:
    """The day of valid_until still counts; the next one does not."""
    device = shop.device()
    shop.merchant.valid_until = timezone.localdate(timezone=timezone.get_fixed_timezone(180))
    shop.merchant.save()
    assert shop.scan(device).status_code == 302

    shop.merchant.valid_until -= timedelta(days=1)
    shop.merchant.save()
    answer = shop.scan(device)

    assert answer.status_code == 403
    assert ERROR_MESSAGES["merchant_expired"] in answer.content.decode()


@pytest.mark.parametrize("kind", ["delay", "status", "garbage", "drop"])
def test_without_a_price_there_is_no_order(shop: Shop, providers: Providers, kind: str) -> None:
    providers.server.faults.add(Fault(kind, path=DRINK, seconds=60))

    answer = shop.scan(shop.device())

    assert answer.status_code == 503
    assert ERROR_MESSAGES["service_unavailable"] in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("price", "default", "stored"),
    [(12300, 5000, 12300), (12300.0, 5000, 12300), (None, 5000, 5000), (0, 5000, 5000), (None, 0, None)]
    + [(bad, 5000, None) for bad in (-1, 1.5, "100", True, 10**10)],
)
def test_the_price_is_a_whole_number_of_kopecks(
    shop: Shop, providers: Providers, settings: object, price: object, default: int, stored: int | None
) -> None:
    """Missing and 0 give the default price, unless that is 0; anything else that is no price refuses."""
    settings.DEFAULT_DRINK_PRICE_KOPECKS = default  # type: ignore[attr-defined]
    providers.tmetr.price = price

    answer = shop.scan(shop.device())

    assert answer.status_code == (503 if stored is None else 302)
    assert list(Order.objects.values_list("price", flat=True)) == ([] if stored is None else [stored])


def test_custom_redirects_at_once_with_the_order_in_the_query(shop: Shop) -> None:
    device = shop.device("Custom", redirect_url="https://pay.example.org/p?shop=1")

    answer = shop.scan(device, uuid="o-1", drinkName="Чай & лимон")

    address = urlsplit(answer["Location"])
    assert answer.status_code == 302
    assert (address.netloc, address.path) == ("pay.example.org", "/p")
    assert parse_qs(address.query) == {
        "shop": ["1"],
        "order_id": ["o-1"],
        "drink_name": ["Чай & лимон"],
        "price": [str(PRICE)],
        "size": ["2"],
        "device_uuid": [device.device_uuid],
        "merchant_id": [str(shop.merchant.pk)],
    }
    assert Order.objects.get().status == "created"


@pytest.mark.parametrize("address", [None, "", "javascript:alert(1)", "ftp://example.org/"])
def test_custom_without_a_web_address_fails_the_order(shop: Shop, address: str | None) -> None:
    answer = shop.scan(shop.device("Custom", redirect_url=address))

    assert answer.status_code == 503
    assert ERROR_MESSAGES["missing_credentials"] in answer.content.decode()
    assert Order.objects.get().status == "failed"


def test_of_two_scans_at_once_the_later_goes_on_with_the_order(shop: Shop) -> None:
    """Another process creates the order between this scan's look-up and its insert: there is one order."""
    device = shop.device()
    order = shop.order(device)
    hidden: list[str] = []

    def hide_the_first_look(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if sql.startswith("SELECT") and '"payments_order"."id" =' in sql and not hidden:
            hidden.append(sql)
            params = ("no such order", *params[1:])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hide_the_first_look):
        answer = shop.scan(device, uuid=order.pk)

    assert hidden
    assert answer.status_code == 302
    assert Order.objects.count() == 1
