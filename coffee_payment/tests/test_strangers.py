"""What strangers may do, and how often: scans, sign-ins, bodies, forged addresses; what browsers are told."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from payments import rates
from payments.client_address import ClientAddressMiddleware, address_of
from payments.models import JournalEntry, Order, Payment
from payments.outgoing import bulkhead
from payments.tasks import remove_unused_orders
from payments.user_messages import ERROR_MESSAGES

from tests.shop import Providers, Shop, state

PASSWORD = "right horse battery"


@pytest.mark.parametrize(
    ("limits", "served"),
    [({"ADDRESS": 3, "DEVICE": 0}, 3), ({"ADDRESS": 0, "DEVICE": 4}, 4), ({"ADDRESS": 0, "DEVICE": 0}, 6)],
)
def test_scans_are_limited_by_address_and_by_device(
    shop: Shop, providers: Providers, settings: Any, limits: dict[str, int], served: int
) -> None:
    """Beyond the limit: a page that says so, no order, no call; other machines are served."""
    for what, limit in limits.items():
        setattr(settings, f"SCANS_PER_{what}_PER_MIN", limit)
    device = shop.device()

    answers = [shop.scan(device) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * served + [429] * (6 - served)
    assert (Order.objects.count(), len(providers.server.calls)) == (served, 2 * served)
    if served < 6:
        assert ERROR_MESSAGES["too_many_scans"] in answers[-1].content.decode()
        assert answers[-1]["Retry-After"] == "60"
    if limits["DEVICE"]:
        assert shop.scan(shop.device()).status_code == 302


def test_an_address_is_not_limited_where_all_clients_share_that_of_a_proxy(shop: Shop, settings: Any) -> None:
    settings.SCANS_PER_ADDRESS_PER_MIN, settings.USE_X_FORWARDED_PROTO = 1, True
    device = shop.device()

    assert [shop.scan(device).status_code for _ in range(2)] == [302, 302]


def test_without_redis_each_process_counts(shop: Shop, settings: Any) -> None:
    """Nothing listens at port 1; the customers are served, and limited."""
    settings.RATE_LIMIT_STORAGE_URL = "redis://127.0.0.1:1/0"
    settings.SCANS_PER_DEVICE_PER_MIN = 2
    device = shop.device()

    assert [shop.scan(device).status_code for _ in range(3)] == [302, 302, 429]


def test_the_payment_of_one_order_is_limited(shop: Shop, settings: Any) -> None:
    """Each return to an open payment of YooKassa is a call."""
    settings.PAYMENTS_PER_ORDER_PER_MIN = 2
    order, other = shop.order(), shop.order()

    assert [shop.initiate(order).status_code for _ in range(3)] == [200, 200, 429]
    assert shop.initiate(other).status_code == 200


ADDRESSES = [
    ([], "203.0.113.9", "198.51.100.7", "203.0.113.9"),
    (["10.0.0.0/8"], "203.0.113.9", "198.51.100.7", "203.0.113.9"),
    (["10.0.0.0/8"], "10.1.2.3", "198.51.100.7", "198.51.100.7"),
    (["10.0.0.0/8"], "10.1.2.3", "1.1.1.1, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
    (["10.0.0.0/8"], "10.1.2.3", "198.51.100.7, junk", "10.1.2.3"),
    (["10.0.0.0/8"], "10.1.2.3", "", "10.1.2.3"),
    (["2001:db8::/32"], "2001:db8::5", "198.51.100.7", "198.51.100.7"),
]


@pytest.mark.parametrize(("trusted", "peer", "header", "client"), ADDRESSES)
def test_only_our_proxies_name_the_client(
    settings: Any, trusted: list[str], peer: str, header: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    seen: list[str] = []
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": header})

    ClientAddressMiddleware(lambda request: seen.append(address_of(request)))(request)  # type: ignore[arg-type,func-returns-value]

    assert seen == [client]


def sign_in(password: str, address: str = "203.0.113.9", name: str = "anna", **headers: str) -> int:
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post("/admin/login/", {"username": name, "password": password}).status_code


@pytest.fixture
def account(db: None, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 5
    get_user_model().objects.create_superuser("anna", "a@example.com", PASSWORD)


@pytest.mark.parametrize(
    ("second", "answer"),
    [
        ({}, 429),
        ({"address": "198.51.100.7"}, 429),
        ({"name": "boris"}, 429),
        ({"x-forwarded-for": "198.51.100.7"}, 429),
        ({"name": "boris", "address": "198.51.100.7"}, 200),
    ],
)
def test_wrong_passwords_lock_account_and_address(account: None, second: dict[str, str], answer: int) -> None:
    """The right password does not help; an invented address does not either."""
    tries = [sign_in("wrong") for _ in range(12)]
    assert set(tries[:4]) == {200}
    assert set(tries[5:]) == {429}

    assert sign_in(PASSWORD, **second) == answer


def test_an_operator_ends_the_lock(account: None) -> None:
    for _ in range(5):
        sign_in("wrong")

    call_command("axes_reset")

    assert sign_in(PASSWORD) == 302


def test_sign_ins_are_limited_and_one_at_a_time(account: None, settings: Any) -> None:
    """A password costs half a second of a processor."""
    with bulkhead.slot("sign-ins"):
        assert sign_in(PASSWORD) == 503
    settings.SIGN_INS_PER_ADDRESS_PER_MIN = 2

    assert [sign_in(PASSWORD) for _ in range(3)] == [302, 302, 429]


@pytest.mark.parametrize("path", ["/v1/initiate-payment", "/v1/yook-pay-webhook", "/admin/login/"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_long_body_is_refused_unread(client: Client, path: str, content_type: str) -> None:
    """Without a query: this test has no database."""
    answer = client.post(path, b"0" * (64 * 1024 + 1), content_type=content_type)

    assert (answer.status_code, answer.json()) == (413, {"error": ERROR_MESSAGES["body_too_long"]})


def test_a_body_of_64_kib_is_read(shop: Shop) -> None:
    body = json.dumps({"order_id": shop.order().pk, "more": "x" * (63 * 1024)})

    answer = shop.client.post("/v1/initiate-payment", body, content_type="application/json")

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/admin/login/", "/v1/order-status-page", "/v1/pay", "/nowhere"])
def test_browsers_get_a_content_security_policy(db: None, client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_unused_orders_are_removed_with_their_journal(shop: Shop, settings: Any) -> None:
    """One that was begun to be paid stays, as does one whose customer was sent to a foreign page."""
    old = {"expires_at": timezone.now() - timedelta(hours=25)}
    device, foreign = shop.device(), shop.device("Custom", redirect_url="https://pay.example.org")
    shop.scan(device, uuid="unused")
    Order.objects.update(**old)
    kept = [
        shop.order(device),
        shop.order(device, "not_paid", **old),
        shop.order(foreign, **old),
        shop.order(device, **old),
    ]
    Payment.objects.create(order=kept[-1], merchant=shop.merchant, amount=1, status="failed")
    settings.UNUSED_ORDER_HOURS = 0
    assert remove_unused_orders() == 0
    settings.UNUSED_ORDER_HOURS = 24

    assert remove_unused_orders() == 1

    assert set(Order.objects.values_list("pk", flat=True)) == {order.pk for order in kept}
    assert not JournalEntry.objects.filter(order_id="unused").exists()
    assert state(kept[0]) == "created"


def test_redis_counts_for_all_processes(settings: Any) -> None:
    """The same counter whatever process asks: here two limiters on one storage."""
    assert rates.allows("test", 1, "key")
    assert not rates.allows("test", 1, "key")
    assert rates.allows("test", 1, "other key")
