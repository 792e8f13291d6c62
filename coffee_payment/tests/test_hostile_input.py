"""Fuzzed parameters and bodies on every endpoint: no 500, no injected HTML, no change by a forgery."""

import json
from typing import Any, Final

from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from payments.models import Device, Order

from tests.shop import Providers, Shop, running_providers

EXAMPLES: Final = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TAG: Final = "<script>alert(1)</script>"

nasty = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=300),
    st.sampled_from(
        ["", "\0", "a\0b", "\ud800", TAG, f'"{TAG}', "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "%00"]
    ),
    st.sampled_from(
        [
            "0",
            "1",
            "2",
            "-1",
            "٣",
            "NaN",
            "null",
            "a/b",
            "\r\nSet-Cookie: a=b",
            "javascript:alert(1)",
            "x" * 300,
        ]
    ),
)
query_text = nasty.map(
    lambda text: text.encode("utf-8", "surrogatepass").decode("latin-1").replace("\ud800", "")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | nasty,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(nasty, inner, max_size=3),
    max_leaves=8,
)
bodies = st.one_of(
    st.binary(max_size=200),
    values.map(lambda value: json.dumps(value).encode()),
    st.just(b"[" * 50_000),
    st.just(b'{"order_id": ' + b"9" * 5000 + b"}"),
)
content_types = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain; charset=utf-7",
        "application/json; charset=nonsense",
        "",
    ]
)


def known_or(known: str) -> st.SearchStrategy[str]:
    return st.just(known) | nasty


class HostileInput(TestCase):
    """The customer's and the providers' endpoints under fuzzing."""

    providers: Providers
    shop: Shop
    device: Device
    order: Order
    bank_order: Order

    @classmethod
    def setUpClass(cls) -> None:
        running = running_providers()
        cls.providers = running.__enter__()
        cls.addClassCleanup(running.__exit__, None, None, None)
        override = override_settings(**cls.providers.settings())
        override.enable()
        cls.addClassCleanup(override.disable)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        cls.shop = Shop()
        cls.device = cls.shop.device(device_uuid="machine-1")
        cls.order = cls.shop.order(cls.device, "pending", id="order-1", payment_reference_id="payment-1")
        cls.bank_order = cls.shop.order(cls.shop.device("TBank"))
        assert cls.shop.initiate(cls.bank_order).status_code == 200
        cls.bank_order.refresh_from_db()
        cls.providers.tbank.settle(str(cls.bank_order.payment_reference_id), "CONFIRMED")

    def unharmed(self, answer: Any) -> None:
        assert answer.status_code < 500 or answer.status_code == 503, answer.content
        assert TAG not in answer.content.decode(errors="replace")
        assert "Set-Cookie" not in answer
        assert "\n" not in answer.get("Location", "")
        self.order.refresh_from_db()
        assert (self.order.status, self.order.payment_reference_id) == ("pending", "payment-1")

    @EXAMPLES
    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "deviceUuid": known_or("machine-1"),
                "drinkName": nasty,
                "drinkNo": nasty,
                "uuid": known_or("order-2"),
                "size": st.sampled_from(["0", "1", "2"]) | nasty,
                "price": nasty,
            },
        ),
        st.sampled_from(["/v1/pay", "/v1/tbank-pay", "/v1/yook-pay"]),
    )
    def test_scan(self, parameters: dict[str, str], path: str) -> None:
        raw = {name: text.encode("utf-8", "surrogatepass") for name, text in parameters.items()}
        self.unharmed(self.client.get(path, raw))

    @EXAMPLES
    @given(
        drink=nasty.filter(str.strip),
        number=nasty.filter(str.strip),
        order=nasty.filter(str.strip),
        size=st.sampled_from("012"),
    )
    def test_scan_with_everything_given(self, drink: str, number: str, order: str, size: str) -> None:
        parameters = {
            "deviceUuid": "machine-1",
            "drinkName": drink,
            "drinkNo": number,
            "uuid": order,
            "size": size,
        }
        raw = {name: text.encode("utf-8", "surrogatepass") for name, text in parameters.items()}
        answer = self.client.get("/v1/pay", raw)
        self.unharmed(answer)
        if answer.status_code == 302:
            self.unharmed(self.client.get(answer["Location"]))
            created = Order.objects.latest("created_at")
            status = self.client.get("/v1/order-status/" + answer["Location"].partition("order_id=")[2])
            if created.pk not in {".", ".."}:
                assert status.json()["drink_name"] == created.drink_name

    @EXAMPLES
    @given(nasty)
    def test_status_page(self, order_id: str) -> None:
        self.unharmed(
            self.client.get("/v1/order-status-page", {"order_id": order_id.encode("utf-8", "surrogatepass")})
        )

    @EXAMPLES
    @given(query_text)
    def test_status(self, order_id: str) -> None:
        self.unharmed(self.client.get("/v1/order-status/" + order_id))

    @EXAMPLES
    @given(
        bodies
        | st.fixed_dictionaries({"order_id": known_or("order-1") | values, "email": values}).map(
            lambda v: json.dumps(v).encode()
        ),
        content_types,
    )
    def test_initiate(self, body: bytes, content_type: str) -> None:
        self.unharmed(self.client.generic("POST", "/v1/initiate-payment", body, content_type))

    @EXAMPLES
    @given(email=values)
    def test_initiate_with_any_email(self, email: Any) -> None:
        order = self.shop.order(self.device)
        body = json.dumps({"order_id": order.pk, "email": email}).encode()
        self.unharmed(self.client.generic("POST", "/v1/initiate-payment", body, "application/json"))

    @EXAMPLES
    @given(
        bodies
        | st.fixed_dictionaries(
            {
                "event": st.just("payment.succeeded") | values,
                "object": st.fixed_dictionaries(
                    {
                        "id": known_or("payment-1") | values,
                        "status": st.just("succeeded"),
                        "metadata": st.fixed_dictionaries({"order_uuid": known_or("order-1") | values})
                        | values,
                    }
                )
                | values,
            }
        ).map(lambda v: json.dumps(v).encode()),
        content_types,
    )
    def test_yookassa_webhook(self, body: bytes, content_type: str) -> None:
        self.unharmed(self.client.generic("POST", "/v1/yook-pay-webhook", body, content_type))

    @EXAMPLES
    @given(
        bodies
        | st.fixed_dictionaries(
            {
                "PaymentId": known_or("payment-1") | values,
                "OrderId": values,
                "Status": values,
                "Token": values,
            }
        ).map(lambda v: json.dumps(v).encode()),
        content_types,
    )
    def test_tbank_webhook(self, body: bytes, content_type: str) -> None:
        self.unharmed(self.client.generic("POST", "/v1/tbank-pay-webhook", body, content_type))

    @EXAMPLES
    @given(body=values, token=values)
    def test_a_bank_notification_for_a_known_payment_needs_its_token(self, body: Any, token: Any) -> None:
        order = self.bank_order
        forged = {
            **(body if isinstance(body, dict) else {"Extra": body}),
            "PaymentId": order.payment_reference_id,
            "OrderId": order.pk,
            "Token": token,
        }
        answer = self.client.generic(
            "POST", "/v1/tbank-pay-webhook", json.dumps(forged).encode(), "application/json"
        )
        assert answer.status_code == 400
        order.refresh_from_db()
        assert order.status == "pending"

    @EXAMPLES
    @given(
        text=st.text(max_size=200)
        | st.sampled_from([TAG, "<img src=x onerror=alert(1)>", "<svg/onload=x>", "<a href=data:x>"])
    )
    def test_device_texts(self, text: str) -> None:
        stored = text.replace("\0", "")
        type(self.device).objects.filter(pk=self.device.pk).update(
            client_info=stored, client_error_info=stored
        )
        shown = self.client.get("/v1/order-status/order-1").json()["device"]["client_info"].lower()
        page = self.client.get(
            "/v1/pay",
            {"deviceUuid": "machine-1", "drinkName": "x", "drinkNo": "1", "uuid": "order-1", "size": "0"},
        )
        for harm in ("<script", "<img", "<svg", '<a href="data', "<style"):
            assert harm not in shown
        self.unharmed(page)
