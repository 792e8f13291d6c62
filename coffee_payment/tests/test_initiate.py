"""POST /v1/initiate-payment: one attempt at a time, and the request that each provider gets."""

import base64
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from payments.models import Drink, MerchantCredentials, Payment, Receipt
from payments.orders import states
from payments.orders.states import Cause
from payments.outgoing import http
from payments.providers.tbank.order_ids import order_id_of_attempt
from payments.providers.yookassa import client as yookassa
from payments.user_messages import ERROR_MESSAGES
from provider_servers import Fault

from tests.shop import ACCOUNT, KEYS, PASSWORD, PRICE, SECRET, TERMINAL, Providers, Shop, attempts, state

PATHS = {"Yookassa": "/v3/payments", "TBank": "/v2/Init"}


def refused(answer: Any, status: int, message: str) -> None:
    assert (answer.status_code, answer.json()) == (status, {"error": ERROR_MESSAGES[message]})


@pytest.mark.parametrize("check_type", ["polling", "webhook", "none"])
def test_an_accepted_payment_makes_the_order_pending(
    shop: Shop, providers: Providers, check_type: str
) -> None:
    device = shop.device()
    shop.credentials("Yookassa", status_check_type=check_type)
    order = shop.order(device, check_attempts=3, failed_presentation_desc="old")

    answer = shop.initiate(order)

    payment_id = next(iter(providers.yookassa.payments))
    assert answer.status_code == 200
    assert answer.json() == {"redirect_url": f"{providers.server.url}/pay/yookassa/{payment_id}"}
    order.refresh_from_db()
    assert (order.status, order.payment_reference_id, order.status_check_type) == (
        "pending",
        payment_id,
        check_type,
    )
    assert (order.check_attempts, order.failed_presentation_desc) == (0, None)
    assert order.payment_started_at is not None
    assert (order.next_check_at is not None) is (check_type == "polling")
    assert attempts(order) == [("pending", payment_id)]


def test_yookassa_gets_what_its_protocol_asks_for(shop: Shop, providers: Providers) -> None:
    order = shop.order(shop.device(), drink_name="К" * 200, price=Decimal(12345))

    shop.initiate(order, email="anna@example.com")

    (call,) = providers.server.calls_to("/v3/payments")
    assert (
        call.headers["authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
    )
    assert call.headers["idempotence-key"] == str(Payment.objects.get().pk)
    assert call.body["amount"] == {"value": "123.45", "currency": "RUB"}
    assert call.body["capture"] is True
    assert call.body["confirmation"] == {
        "type": "redirect",
        "return_url": f"https://pay.example.com/v1/order-status-page?order_id={order.pk}",
    }
    assert len(call.body["description"]) == 128
    assert call.body["metadata"] == {"order_uuid": order.pk, "drink_number": "7", "size": "1"}
    assert "receipt" not in call.body


def test_a_receipt_takes_each_key_from_the_drink_or_the_credentials(shop: Shop, providers: Providers) -> None:
    Drink.objects.create(
        id="7", name="Капучино", description="", prices={}, meta={"vat_code": 4, "measure": "cup"}
    )
    order = shop.order(shop.device("YookassaReceipt"))

    shop.initiate(order, email="anna@example.com")

    (call,) = providers.server.calls_to("/v3/payments")
    receipt = {
        "customer": {"email": "anna@example.com"},
        "items": [
            {
                "description": "Капучино",
                "amount": {"value": "150.00", "currency": "RUB"},
                "quantity": 1,
                "vat_code": 4,
                "measure": "cup",
                "payment_mode": "full_payment",
            }
        ],
        "internet": False,
        "tax_system_code": 2,
    }
    assert call.body["receipt"] == receipt
    row = Receipt.objects.get()
    assert (row.order_id, row.contact, row.drink_no, int(row.amount)) == (
        order.pk,
        "anna@example.com",
        "7",
        PRICE,
    )
    assert (row.status, row.receipt_data) == ("pending", receipt)


def test_tbank_gets_what_its_protocol_asks_for(shop: Shop, providers: Providers) -> None:
    """The local bank verifies the Token with its own implementation of the rule."""
    order = shop.order(shop.device("TBank"))
    assert order.expires_at is not None

    assert shop.initiate(order).status_code == 200

    (call,) = providers.server.calls_to("/v2/Init")
    back = f"https://pay.example.com/v1/order-status-page?order_id={order.pk}"
    assert {name: value for name, value in call.body.items() if name not in {"Token", "Description"}} == {
        "TerminalKey": TERMINAL,
        "Amount": PRICE,
        "OrderId": order_id_of_attempt(order.pk, 1),
        "PayType": "O",
        "SuccessURL": back,
        "FailURL": back,
        "NotificationURL": "https://pay.example.com/v1/tbank-pay-webhook",
        "RedirectDueDate": order.expires_at.isoformat(timespec="seconds"),
    }


def test_success_and_fail_addresses_come_from_the_credentials(shop: Shop, providers: Providers) -> None:
    device = shop.device("TBank")
    shop.credentials(
        "TBank",
        credentials={**KEYS["TBank"], "success_url": "https://a.ru/ok", "fail_url": "https://a.ru/no"},
    )

    shop.initiate(shop.order(device))

    (call,) = providers.server.calls_to("/v2/Init")
    assert (call.body["SuccessURL"], call.body["FailURL"]) == ("https://a.ru/ok", "https://a.ru/no")
    assert PASSWORD not in str(call.body)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"[1]", 400, "invalid_request"),
        (b"{", 400, "invalid_request"),
        (b'{"order_id": 7}', 400, "invalid_request"),
        (b"{}", 400, "missing_order_id"),
        (b'{"order_id": ""}', 400, "missing_order_id"),
        (b'{"order_id": "nobody"}', 404, "order_not_found"),
        (b'{"order_id": "a\\u0000b"}', 404, "order_not_found"),
        (b'{"order_id": "\\ud800"}', 404, "order_not_found"),
    ],
)
def test_bad_bodies_are_refused(shop: Shop, body: bytes, status: int, message: str) -> None:
    refused(shop.client.post("/v1/initiate-payment", body, content_type="application/json"), status, message)


def test_only_post_starts_a_payment(shop: Shop) -> None:
    refused(shop.client.get("/v1/initiate-payment"), 400, "invalid_request")


def test_a_form_is_as_good_as_json(shop: Shop) -> None:
    answer = shop.client.post("/v1/initiate-payment", {"order_id": shop.order().pk})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "status", ["paid", "make_pending", "make_failed", "manual_make", "successful", "failed"]
)
def test_an_order_that_is_under_way_is_refused(shop: Shop, providers: Providers, status: str) -> None:
    order = shop.order(status=status)

    refused(shop.initiate(order), 409, "order_already_processed")

    assert not providers.server.calls


def test_an_expired_order_is_refused_first(shop: Shop) -> None:
    order = shop.order(status="paid", expires_at=timezone.now() - timedelta(seconds=1))

    refused(shop.initiate(order), 400, "order_expired")


@pytest.mark.parametrize(
    ("share", "status", "left"), [(0.8, 409, ["pending"]), (1.2, 200, ["failed", "pending"])]
)
def test_an_open_attempt_blocks_others_for_ten_timeouts(
    shop: Shop, settings: Any, share: float, status: int, left: list[str]
) -> None:
    """A young open attempt is still being created; an old one belongs to a dead process and is closed."""
    order = shop.order()
    attempt = Payment.objects.create(order=order, merchant=shop.merchant, amount=PRICE, status="pending")
    age = timedelta(seconds=share * 10 * settings.PAYMENT_API_TIMEOUT_S)
    Payment.objects.filter(pk=attempt.pk).update(created_at=timezone.now() - age)

    answer = shop.initiate(order, email="not an address" if status == 409 else None)

    assert answer.status_code == status
    assert [each for each, _ in attempts(order)] == left


def test_credentials_that_no_key_decrypts_are_missing_ones(shop: Shop, settings: Any) -> None:
    order = shop.order()
    settings.CREDENTIALS_ENCRYPTION_KEY = [Fernet.generate_key().decode()]

    refused(shop.initiate(order), 503, "missing_credentials")


@pytest.mark.parametrize(
    "email", ["no", "a@", "a b@example.com", 7, "x" * 250 + "@example.com", "a@\ud800.ru"]
)
def test_a_malformed_email_is_refused(shop: Shop, email: Any) -> None:
    refused(shop.initiate(shop.order(), email=email), 400, "invalid_email")


@pytest.mark.parametrize(
    ("scenario", "mandatory", "status"),
    [("YookassaReceipt", True, 400), ("YookassaReceipt", False, 200), ("Yookassa", True, 200)],
)
def test_a_mandatory_receipt_needs_an_email(shop: Shop, scenario: str, mandatory: bool, status: int) -> None:
    device = shop.device(scenario)
    shop.credentials(scenario, credentials={**KEYS[scenario], "is_receipt_mandatory": mandatory})

    answer = shop.initiate(shop.order(device))

    assert answer.status_code == status
    if status == 400:
        refused(answer, 400, "email_required")


@pytest.mark.parametrize("scenario", ["Yookassa", "YookassaReceipt", "TBank"])
@pytest.mark.parametrize("keys", [None, {}, {"account_id": "1"}, {"terminal_key": "1"}])
def test_without_credentials_the_order_stays(shop: Shop, scenario: str, keys: dict[str, str] | None) -> None:
    order = shop.order(shop.device(scenario, keys=False))
    if keys is not None:
        MerchantCredentials.objects.create(merchant=shop.merchant, scenario=scenario, credentials=keys)

    refused(shop.initiate(order), 503, "missing_credentials")

    assert state(order) == "created"
    assert attempts(order) == [("failed", "")]


@pytest.mark.parametrize("scenario", ["Yookassa", "TBank"])
@pytest.mark.parametrize(
    ("kind", "status", "left"),
    [
        ("delay", 0, "created"),
        ("drop", 0, "created"),
        ("garbage", 0, "created"),
        ("huge", 0, "created"),
        ("status", 500, "created"),
        ("status", 429, "created"),
        ("status", 400, "failed"),
        ("status", 403, "failed"),
    ],
)
def test_only_a_refusal_for_good_fails_the_order(
    shop: Shop, providers: Providers, scenario: str, kind: str, status: int, left: str
) -> None:
    """After a temporary error the attempt is closed, and the customer can start another one."""
    order = shop.order(shop.device(scenario), id="order-1")
    providers.server.faults.add(Fault(kind, path=PATHS[scenario], status=status, seconds=60))

    refused(shop.initiate(order), 503, "payment_creation_failed")

    assert state(order) == left
    assert attempts(order) == [("failed", "")]
    providers.server.faults.clear()
    assert shop.initiate(order).status_code == (200 if left == "created" else 409)


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        (Fault("delay", seconds=60), 2),
        (Fault("status", status=502), 2),
        (Fault("status", status=429), 1),
        (Fault("garbage"), 1),
    ],
)
def test_yookassa_is_asked_once_more_with_the_same_key(
    shop: Shop, providers: Providers, fault: Fault, calls: int
) -> None:
    """After a timeout or 5xx one repeat follows, with the attempt's own key: never two payments."""
    fault.path, fault.times = PATHS["Yookassa"], 1
    providers.server.faults.add(fault)

    answer = shop.initiate(shop.order())

    seen = providers.server.calls_to(PATHS["Yookassa"])
    assert len(seen) == calls
    assert len({call.headers["idempotence-key"] for call in seen}) == 1
    assert answer.status_code == (200 if calls == 2 else 503)
    assert len(providers.yookassa.payments) == (1 if calls == 2 else 0)


@pytest.mark.parametrize("scenario", ["Yookassa", "TBank"])
def test_an_address_that_no_browser_opens_is_a_bad_answer(
    shop: Shop, providers: Providers, scenario: str
) -> None:
    providers.yookassa.public_url = providers.tbank.public_url = "javascript:alert(1)//"
    order = shop.order(shop.device(scenario))

    refused(shop.initiate(order), 503, "payment_creation_failed")

    assert state(order) == "created"


def test_the_check_type_is_frozen_by_the_first_attempt(shop: Shop, providers: Providers) -> None:
    order = shop.order()
    providers.server.faults.add(Fault("status", path=PATHS["Yookassa"]))
    shop.initiate(order)
    providers.server.faults.clear()
    shop.credentials("Yookassa", status_check_type="webhook")

    shop.initiate(order)

    order.refresh_from_db()
    assert (order.status_check_type, order.next_check_at is not None) == ("polling", True)


def test_an_order_settled_meanwhile_is_not_touched(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A webhook settles the order during the call: the new payment is only stored in the ledger."""
    order = shop.order()
    ask = http.call_json

    def ask_and_be_overtaken(*args: Any, **values: Any) -> Any:
        answer = ask(*args, **values)
        states.change(order.pk, Cause.SUCCEEDED)
        return answer

    monkeypatch.setattr(yookassa, "call_json", ask_and_be_overtaken)

    refused(shop.initiate(order), 409, "order_already_processed")

    assert state(order) == "manual_make"
    assert [status for status, _ in attempts(order)] == ["pending"]


def test_custom_gets_its_redirect_and_stays_created(shop: Shop) -> None:
    order = shop.order(shop.device("Custom", redirect_url="https://pay.example.org/"))

    for _ in range(2):
        answer = shop.initiate(order)
        assert answer.json()["redirect_url"].startswith("https://pay.example.org/?order_id=")

    assert state(order) == "created"
    assert attempts(order) == []
