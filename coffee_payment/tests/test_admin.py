"""The admin, over HTTP, with a signed-in member of staff."""

import re
from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from payments.models import Device, Merchant, MerchantCredentials, Order, Payment, TBankPayment

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("staff", "staff@example.com", "x"))
    return client


@pytest.fixture
def merchant() -> Merchant:
    return Merchant.objects.create(
        name="Кофе", contact_email="m@example.com", bank_account="1", valid_until=date.max
    )


def order(merchant: Merchant, key: str, status: str) -> Order:
    machine, _ = Device.objects.get_or_create(
        device_uuid="machine-1",
        defaults={
            "merchant": merchant,
            "location": "hall",
            "status": "online",
            "last_interaction": timezone.now(),
        },
    )
    return Order.objects.create(
        id=key, device=machine, merchant=merchant, drink_name="Латте", size=1, price=15000, status=status
    )


@pytest.mark.parametrize(
    "model",
    [
        "merchant",
        "device",
        "drink",
        "order",
        "merchantcredentials",
        "payment",
        "receipt",
        "tbankpayment",
        "user",
        "staffcase",
        "journalentry",
    ],
)
def test_every_list_opens(staff: Client, merchant: Merchant, model: str) -> None:
    """The tables have rows; the list of credentials needs no encryption key."""
    Payment.objects.create(
        order=order(merchant, "QR-1", "paid"), merchant=merchant, amount=1, status="pending"
    )
    MerchantCredentials.objects.create(
        merchant=merchant, scenario="TBank", credentials={"terminal_key": "t1"}
    )

    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[]):
        response = staff.get(reverse(f"admin:payments_{model}_changelist"))

    assert response.status_code == 200


FOUND = [
    ("order", {"q": "QR-1"}, 1),
    ("order", {"q": "reference-of-QR-1"}, 1),
    ("order", {"q": "transaction-1"}, 1),
    ("order", {"q": "QR-"}, 2),
    ("order", {"q": "hall"}, 2),
    ("order", {"q": "nothing"}, 0),
    ("order", {"q": "machine-1"}, 2),
    ("order", {"status__exact": "paid"}, 1),
    ("order", {"status_check_type__exact": "webhook"}, 0),
    ("device", {"q": "hall"}, 1),
    ("device", {"q": "machine-2"}, 0),
    ("device", {"status__exact": "online", "payment_scenario": "Yookassa"}, 1),
    ("payment", {"q": "transaction-1"}, 1),
    ("payment", {"q": "QR-1", "status__exact": "pending"}, 1),
    ("tbankpayment", {"q": "7000000001"}, 1),
    ("tbankpayment", {"q": "QR-2"}, 0),
    ("merchantcredentials", {"q": "Кофе", "scenario": "TBank"}, 1),
]


@pytest.mark.parametrize(("model", "query", "count"), FOUND)
def test_staff_finds_rows_by_what_a_customer_can_tell(
    staff: Client, merchant: Merchant, model: str, query: dict[str, str], count: int
) -> None:
    """Search works by the ids of order, provider and machine; filters work by state."""
    paid = order(merchant, "QR-1", "paid")
    Order.objects.filter(pk=paid.pk).update(payment_reference_id="reference-of-QR-1")
    order(merchant, "QR-2", "created")
    Payment.objects.create(
        order=paid, merchant=merchant, amount=1, status="pending", transaction_id="transaction-1"
    )
    TBankPayment.objects.create(amount=1, order_id="QR-1", payment_id="7000000001")
    MerchantCredentials.objects.create(merchant=merchant, scenario="TBank", credentials={"terminal_key": "t"})

    response = staff.get(reverse(f"admin:payments_{model}_changelist"), query)

    assert response.status_code == 200
    assert response.context["cl"].result_count == count


CREDENTIALS_PAGE = "admin:payments_merchantcredentials_change"


def credentials_form(merchant: Merchant, **values: str) -> dict[str, str]:
    return {"merchant": str(merchant.pk), "scenario": "TBank", "status_check_type": "polling", **values}


def test_credentials_are_written_and_never_shown(staff: Client, merchant: Merchant) -> None:
    """The form says which keys are set; an empty field keeps, a hyphen removes, text replaces."""
    added = staff.post(
        reverse("admin:payments_merchantcredentials_add"),
        credentials_form(
            merchant, terminal_key="terminal-17", password="hidden-17", success_url="https://a.ru"
        ),
    )
    assert added.status_code == 302, added.context["errors"]
    row = MerchantCredentials.objects.get()
    assert row.credentials == {
        "terminal_key": "terminal-17",
        "password": "hidden-17",
        "success_url": "https://a.ru",
    }

    page = staff.get(reverse(CREDENTIALS_PAGE, args=[row.pk])).content.decode()
    assert "terminal-17" not in page
    assert "hidden-17" not in page
    assert (page.count("не задан"), page.count("задан")) == (1, 4)
    assert "secret_key" not in page  # of another scenario

    change = credentials_form(merchant, password="new", success_url="-", status_check_type="webhook")
    assert staff.post(reverse(CREDENTIALS_PAGE, args=[row.pk]), change).status_code == 302
    row = MerchantCredentials.objects.get()
    assert row.credentials == {"terminal_key": "terminal-17", "password": "new"}
    assert row.status_check_type == "webhook"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"terminal_key": "t"}, "password"),
        ({"scenario": "Cash"}, "scenario"),
        (
            {
                "scenario": "YookassaReceipt",
                "account_id": "a",
                "secret_key": "s",
                "is_receipt_mandatory": "maybe",
            },
            "is_receipt_mandatory",
        ),
    ],
)
def test_credentials_that_cannot_work_are_refused(
    staff: Client, merchant: Merchant, values: dict[str, str], field: str
) -> None:
    """The form stays open with the error at its field."""
    response = staff.post(
        reverse("admin:payments_merchantcredentials_add"), credentials_form(merchant, **values)
    )

    assert response.status_code == 200
    assert field in response.context["adminform"].errors
    assert not MerchantCredentials.objects.exists()


def test_receipt_settings_keep_their_types(staff: Client, merchant: Merchant) -> None:
    """The provider wants numbers as numbers; the flag is a boolean."""
    values = {"account_id": "17", "secret_key": "s", "vat_code": "4", "is_receipt_mandatory": "True"}
    staff.post(
        reverse("admin:payments_merchantcredentials_add"),
        credentials_form(merchant, scenario="YookassaReceipt", **values),
    )

    assert MerchantCredentials.objects.get().credentials == {
        "account_id": "17",
        "secret_key": "s",
        "vat_code": 4,
        "is_receipt_mandatory": True,
    }


ACTIONS = [
    ("mark_as_made", "successful", {"make_pending", "make_failed", "manual_make"}),
    ("hand_to_staff", "manual_make", {"paid", "make_pending", "make_failed"}),
]


@pytest.mark.parametrize(("action", "target", "allowed"), ACTIONS)
def test_actions_go_through_the_state_machine(
    staff: Client, merchant: Merchant, action: str, target: str, allowed: set[str]
) -> None:
    """Orders in other states stay unchanged and are named in the message."""
    orders = [order(merchant, f"QR-{status}", status) for status in Order.Status.values]
    data = {"action": action, "_selected_action": [each.pk for each in orders]}

    response = staff.post(reverse("admin:payments_order_changelist"), data, follow=True)

    for each in orders:
        before = each.status
        each.refresh_from_db()
        assert each.status == (target if before in allowed else before)
    text = " ".join(str(message) for message in response.context["messages"])
    assert f"Изменено заказов: {len(allowed)}" in text
    assert all((f"QR-{s} " in text) != (s in allowed) for s in Order.Status.values)


@pytest.mark.parametrize("status", ["created", "pending", "manual_make"])
def test_nothing_of_an_order_can_be_typed(staff: Client, merchant: Merchant, status: str) -> None:
    """An order of 150 rubles stays one, and a former status does not come back."""
    order(merchant, "QR-1", status)
    before = Order.objects.values().get()
    data: dict[str, Any] = {
        **dict.fromkeys(before, ""),
        "drink_name": "Эспрессо",
        "size": "3",
        "price": "0.5",
        "status": "successful",
    }

    assert staff.post(reverse("admin:payments_order_change", args=["QR-1"]), data).status_code == 302

    assert {**Order.objects.values().get(), "updated_at": None} == {**before, "updated_at": None}
    assert staff.get(reverse("admin:payments_order_add")).status_code == 403


def test_acts_of_staff_are_in_the_admins_log(
    staff: Client, merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    """Who, which order, why; those refused are not."""
    caplog.set_level("INFO", "payments.orders.states")
    orders = [order(merchant, "QR-1", "manual_make"), order(merchant, "QR-2", "created")]
    data = {"action": "mark_as_made", "_selected_action": [each.pk for each in orders], "why": "стоял рядом"}

    staff.post(reverse("admin:payments_order_changelist"), data)

    (entry,) = LogEntry.objects.all()
    assert (entry.user.get_username(), entry.object_id) == ("staff", "QR-1")
    assert "стоял рядом" in entry.change_message
    assert "staff" in [getattr(record, "by", None) for record in caplog.records]


ODD = [
    ("drink_add", {"prices": '{"1": "a\\u0000b"}'}, 400),
    ("drink_add", {"prices": '{"1": "\\ud800"}'}, 400),
    ("drink_add", {"prices": "1" * 5000}, 400),
    ("drink_add", {"prices": "[" * 20_000}, 400),
    ("drink_add", {"prices": '{"1": 1}'}, 302),
    ("order_changelist", "?status__exact=%00", 400),
    ("order_changelist", "?created_at__gte=99999999999-01-01", 302),
    ("order_changelist", "?created_at__year=99999999999", 400),
    ("order_changelist", "?q=%00", 200),
    ("order_changelist", "?q=" + "x" * 5000, 200),
    ("payment_changelist", "?q=%00", 200),
    ("payment_changelist", "?p=99999999999", 200),
    ("journalentry_changelist", "?q=%00", 200),
]


@pytest.mark.postgres
@pytest.mark.parametrize(("page", "values", "status"), ODD)
def test_odd_values_are_no_fault_of_the_server(
    staff: Client, merchant: Merchant, page: str, values: Any, status: int
) -> None:
    """What the database cannot hold is answered, and the next page opens."""
    address = reverse(f"admin:payments_{page}")
    if isinstance(values, str):
        answer = staff.get(address + values)
    else:
        answer = staff.post(
            address, {"id": "1", "name": "x", "description": "x", "available": "on", **values}
        )

    assert answer.status_code == status
    assert staff.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("key", ["success_url", "fail_url"])
@pytest.mark.parametrize("value", ["javascript:alert(1)", "ftp://a.ru", "//a.ru", "a.ru", "https://a b"])
def test_only_web_addresses_are_taken(staff: Client, merchant: Merchant, key: str, value: str) -> None:
    form = credentials_form(merchant, terminal_key="t", password="p", **{key: value})

    answer = staff.post(reverse("admin:payments_merchantcredentials_add"), form)

    assert key in answer.context["adminform"].errors


def test_the_names_of_the_lists_are_in_one_language(staff: Client) -> None:
    from django.apps import apps

    for model in apps.get_app_config("payments").get_models():
        assert not re.search("[a-z]", str(model._meta.verbose_name_plural), re.IGNORECASE), model


def test_long_ids_do_not_push_columns_away(staff: Client, merchant: Merchant) -> None:
    order(merchant, "Q" * 255, "paid")

    page = staff.get(reverse("admin:payments_order_changelist")).content.decode()

    assert ">" + "Q" * 13 + "…QQQQ<" in page
    assert ">" + "Q" * 255 not in page


def test_the_ledger_is_read_only(staff: Client, merchant: Merchant) -> None:
    """Payments open for reading; saving and deleting are refused."""
    payment = Payment.objects.create(
        order=order(merchant, "QR-1", "paid"), merchant=merchant, amount=1, status="pending"
    )
    page = reverse("admin:payments_payment_change", args=[payment.pk])

    assert staff.get(page).status_code == 200
    assert staff.post(page, {"status": "successful"}).status_code == 403
    assert staff.post(reverse("admin:payments_payment_delete", args=[payment.pk])).status_code == 403


def test_a_new_device_is_offered_the_default_scenario(staff: Client) -> None:
    """DEFAULT_PAYMENT_SCENARIO, not the field's own default."""
    with override_settings(DEFAULT_PAYMENT_SCENARIO="TBank"):
        page = staff.get(reverse("admin:payments_device_add"))

    assert page.context["adminform"].form["payment_scenario"].value() == "TBank"


def test_the_first_admin_is_made_once(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    """A restart of the container changes neither an existing admin nor a changed password."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "first")
    call_command("ensure_admin", "root", "root@example.com", verbosity=0)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "second")
    call_command("ensure_admin", "root", "root@example.com", verbosity=0)

    assert get_user_model().objects.get(username="root").check_password("first")
    assert get_user_model().objects.get(username="root").is_superuser


def test_a_malformed_key_does_not_hide_the_other_models(staff: Client, merchant: Merchant) -> None:
    """Only pages that need the key fail."""
    with override_settings(CREDENTIALS_ENCRYPTION_KEY=[Fernet.generate_key().decode()[:-4]]):
        assert staff.get(reverse("admin:payments_merchant_change", args=[merchant.pk])).status_code == 200
