"""The order's status as JSON, its page, the stub for old callers."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from payments.models import Order
from payments.user_messages import ERROR_MESSAGES, PAGE_TEXTS, STATUS_DESCRIPTIONS

from tests.shop import KEYS, Shop

TEXTS = [
    "client_info",
    *(
        f"client_info_{status}"
        for status in (
            "pending",
            "paid",
            "not_paid",
            "make_pending",
            "manual_make",
            "successful",
            "make_failed",
        )
    ),
]


def test_the_status_tells_what_the_page_needs(shop: Shop) -> None:
    device = shop.device(logo_url="https://example.org/logo.png", client_info="<b>Здравствуйте</b>")
    order = shop.order(device, price=12350, failed_presentation_desc="почему")
    assert order.expires_at is not None

    answer = shop.client.get(f"/v1/order-status/{order.pk}")

    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert datetime.fromisoformat(body.pop("expires_at")) == order.expires_at
    assert body == {
        "order_id": order.pk,
        "status": "created",
        "drink_name": "Капучино",
        "drink_size": "Средний",
        "price": 123.5,
        "payment_scenario": "Yookassa",
        "asks_email": False,
        "is_receipt_mandatory": False,
        "failed_presentation_desc": "почему",
        "device": {
            "location": "Невский, 1",
            "logo_url": "https://example.org/logo.png",
            **dict.fromkeys(TEXTS, ""),
            "client_info": "<b>Здравствуйте</b>",
        },
    }


@pytest.mark.parametrize("name", TEXTS)
def test_every_device_text_is_sanitised(shop: Shop, name: str) -> None:
    """Scripts, handlers, styles and links other than http are gone; harmless markup stays."""
    hostile = (
        '<b onclick="x()">b</b><script>x()</script><img src=x onerror="x()"><a href="javascript:x()">j</a>'
        '<a href="https://example.org/">ok</a><style>*{}</style><iframe src="https://example.org"></iframe>'
    )
    order = shop.order(shop.device(keys=True, **{name: hostile}))

    text = shop.client.get(f"/v1/order-status/{order.pk}").json()["device"][name]

    rel = 'rel="noopener noreferrer"'
    assert text == f'<b>b</b><a {rel}>j</a><a href="https://example.org/" {rel}>ok</a>'


def test_a_logo_that_is_no_web_address_is_left_out(shop: Shop) -> None:
    order = shop.order(shop.device(logo_url="javascript:x()"))

    assert shop.client.get(f"/v1/order-status/{order.pk}").json()["device"]["logo_url"] is None


@pytest.mark.parametrize(
    ("scenario", "mandatory", "expected"),
    [("YookassaReceipt", True, True), ("YookassaReceipt", False, False), ("Yookassa", True, False)],
)
def test_a_receipt_is_mandatory_only_by_its_credentials(
    shop: Shop, scenario: str, mandatory: bool, expected: bool
) -> None:
    device = shop.device(scenario)
    shop.credentials(scenario, credentials={**KEYS[scenario], "is_receipt_mandatory": mandatory})

    state = shop.client.get(f"/v1/order-status/{shop.order(device).pk}").json()

    assert state["is_receipt_mandatory"] is expected
    assert state["asks_email"] is (scenario == "YookassaReceipt")


def test_an_order_without_end_has_none(shop: Shop) -> None:
    order = shop.order()
    Order.objects.update(expires_at=None)

    assert shop.client.get(f"/v1/order-status/{order.pk}").json()["expires_at"] is None


@pytest.mark.parametrize("order_id", ["nobody", "x" * 300, "%00", "%ED%A0%80"])
def test_an_unknown_order_is_not_found(shop: Shop, order_id: str) -> None:
    answer = shop.client.get(f"/v1/order-status/{order_id}")
    page = shop.client.get(f"/v1/order-status-page?order_id={order_id}")

    assert (answer.status_code, answer.json()) == (404, {"error": ERROR_MESSAGES["order_not_found"]})
    assert page.status_code == 404
    assert ERROR_MESSAGES["order_not_found"] in page.content.decode()


def test_the_page_escapes_what_it_shows(shop: Shop) -> None:
    order = shop.order(id='"><script>x()</script>', drink_name="<script>y()</script>")

    answer = shop.client.get("/v1/order-status-page", {"order_id": order.pk})

    assert "<script>x()" not in answer.content.decode()
    assert "<script>y()" not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("status", "values", "shown", "reloads"),
    [
        ("created", {}, PAGE_TEXTS["no_script"], False),
        ("pending", {}, STATUS_DESCRIPTIONS["pending"], True),
        ("pending", {"expires_at": timezone.now() - timedelta(days=1)}, PAGE_TEXTS["expired_warning"], False),
        ("make_pending", {}, STATUS_DESCRIPTIONS["make_pending"], True),
        ("manual_make", {}, PAGE_TEXTS["see_staff"], False),
        ("failed", {"failed_presentation_desc": "Почему-то"}, "Почему-то", False),
    ],
)
def test_the_state_is_shown_without_a_script(
    shop: Shop, status: str, values: dict[str, Any], shown: str, reloads: bool
) -> None:
    order = shop.order(status=status, **values)

    page = shop.client.get("/v1/order-status-page", {"order_id": order.pk}).content.decode()
    without_script = "".join(re.findall("<noscript>(.*?)</noscript>", page, re.DOTALL))

    assert shown in without_script
    assert "150,00 ₽" in without_script
    assert ("http-equiv" in without_script) is reloads


@pytest.mark.parametrize("query", ["", "?order_id=", "?order_id=%20"])
def test_the_page_needs_an_order_id(shop: Shop, query: str) -> None:
    answer = shop.client.get(f"/v1/order-status-page{query}")

    assert answer.status_code == 400
    assert ERROR_MESSAGES["missing_order_id"] in answer.content.decode()


@pytest.mark.parametrize(("method", "status"), [("post", 200), ("get", 400), ("put", 400)])
def test_old_callers_get_their_old_answer(shop: Shop, method: str, status: int) -> None:
    answer = getattr(shop.client, method)("/v1/process_payment/")

    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain")


def test_flow_views_use_no_cookies(shop: Shop) -> None:
    order = shop.order()
    for answer in (
        shop.client.get(f"/v1/order-status/{order.pk}"),
        shop.client.get("/v1/order-status-page", {"order_id": order.pk}),
        shop.initiate(order),
    ):
        assert not answer.cookies
