"""A third provider, from one folder and one registration: `tests/bonus_bank`. No production file knows of it."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coffee_payment.urls
import payments.urls
import pytest
import requests
from django.contrib.auth import get_user_model
from django.forms import PasswordInput
from django.test import Client
from django.urls import clear_url_caches, reverse
from payments.models import Device, MerchantCredentials, Order
from payments.providers import registry
from payments.tasks import check_pending_payments
from provider_servers import ProviderServer

from tests import bonus_bank
from tests.bonus_bank.provider import BonusBankProvider
from tests.bonus_bank.server import BonusBank
from tests.shop import PRICE, Providers, Shop, attempts, state

ROOT = Path(__file__).parents[1]
KEYS = {"bonus_token": BonusBank.token, "bonus_signing_key": BonusBank.signing_key, "bonus_shop_number": "7"}


def load_routes() -> None:
    """Make the routes again, as a server does when it starts."""
    importlib.reload(payments.urls)
    importlib.reload(coffee_payment.urls)
    clear_url_caches()


@pytest.fixture
def bank(settings: Any) -> Iterator[BonusBank]:
    """The provider's local server; the payments server has it registered and configured."""
    before = dict(registry.PROVIDERS)
    registry.register(*bonus_bank.PROVIDERS)
    load_routes()
    settings.PAYMENT_SCENARIOS = [*settings.PAYMENT_SCENARIOS, "BonusBank"]
    with ProviderServer(service := BonusBank()) as server:
        settings.BONUS_BANK_BASE_URL = f"{server.url}/bonus"
        yield service
    registry.PROVIDERS.clear()
    registry.PROVIDERS.update(before)
    load_routes()


@pytest.fixture
def device(shop: Shop, bank: BonusBank) -> Device:
    """A machine of the new scenario, whose credentials staff typed into the admin."""
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("staff", "staff@example.com", "x"))
    form = {
        "merchant": str(shop.merchant.pk),
        "scenario": "BonusBank",
        "status_check_type": "polling",
        **KEYS,
    }
    answer = staff.post(reverse("admin:payments_merchantcredentials_add"), form)
    assert answer.status_code == 302, answer.content.decode()
    device = shop.device("BonusBank", keys=False)
    device.full_clean()
    return device


def start(shop: Shop, device: Device) -> tuple[Order, str]:
    """Scan, open the page and press its button; return the order and the provider's page."""
    scanned = shop.scan(device)
    assert scanned.status_code == 302
    assert shop.client.get(scanned["Location"]).status_code == 200
    order = Order.objects.get(device=device)
    shown = shop.client.get(f"/v1/order-status/{order.pk}").json()
    assert (shown["status"], shown["payment_scenario"], shown["asks_email"]) == (
        "created",
        "BonusBank",
        False,
    )
    answer = shop.initiate(order)
    assert answer.status_code == 200, answer.content
    return order, answer.json()["redirect_url"]


def pay(page: str) -> None:
    assert f"{PRICE // 100}.00 ₽" in requests.get(page, timeout=10).text
    assert requests.post(page, data={"action": "pay"}, timeout=10, allow_redirects=False).status_code == 303


def test_from_scan_to_make_command_by_notification(
    shop: Shop, providers: Providers, bank: BonusBank, device: Device, live_server: Any
) -> None:
    order, page = start(shop, device)
    assert bank.payments["1"]["shop"] == 7  # a number, by the type of the field

    pay(page)
    url = live_server.url + bank.notification_path
    assert bank.send_signed("1", url, key="of somebody else").status_code == 400
    assert state(order) == "pending"
    assert providers.tmetr.made(order.pk) == 0
    for _ in range(2):
        answer = bank.send_signed("1", url)
        assert (answer.status_code, answer.text) == (200, "THANKS")

    assert state(order) == "make_pending"
    assert providers.tmetr.made(order.pk) == 1
    assert attempts(order) == [("successful", "1")]


@pytest.mark.parametrize(("action", "left", "made"), [("paid", "make_pending", 1), ("void", "not_paid", 0)])
def test_from_scan_to_make_command_by_polling(
    shop: Shop, providers: Providers, bank: BonusBank, device: Device, action: str, left: str, made: int
) -> None:
    order, _ = start(shop, device)
    bank.settle("1", action)
    Order.objects.update(next_check_at=order.created_at)

    assert check_pending_payments() == 1

    assert (state(order), providers.tmetr.made(order.pk)) == (left, made)


def test_an_answer_about_another_order_is_not_believed(shop: Shop, bank: BonusBank, device: Device) -> None:
    order, _ = start(shop, device)
    bank.settle("1", "paid", reference="coffee:another")
    Order.objects.update(next_check_at=order.created_at)

    check_pending_payments()

    assert state(order) == "pending"


def test_the_admin_shows_which_keys_are_set_and_hides_the_secrets(
    shop: Shop, device: Device, admin_client: Client
) -> None:
    row = MerchantCredentials.objects.get(scenario="BonusBank")
    assert row.credentials == {**KEYS, "bonus_shop_number": 7}

    page = admin_client.get(reverse("admin:payments_merchantcredentials_change", args=[row.pk]))

    fields = page.context["adminform"].form.fields
    hidden = {name for name, field in fields.items() if isinstance(field.widget, PasswordInput)}
    assert {"bonus_token", "bonus_signing_key"} <= hidden
    assert "bonus_shop_number" not in hidden
    assert fields["bonus_token"].help_text == "задан"
    assert not [value for value in (BonusBank.token, BonusBank.signing_key) if value in page.content.decode()]


def test_a_required_key_is_asked_for(shop: Shop, bank: BonusBank, admin_client: Client) -> None:
    form = {"merchant": str(shop.merchant.pk), "scenario": "BonusBank", "status_check_type": "polling"}

    page = admin_client.post(reverse("admin:payments_merchantcredentials_add"), {**form, "bonus_token": "x"})

    assert set(page.context["adminform"].form.errors) == {"bonus_signing_key"}


def test_the_system_checks_look_at_its_base_url(bank: BonusBank, settings: Any) -> None:
    from payments import checks

    settings.BONUS_BANK_BASE_URL = "bank.example"

    assert "BONUS_BANK_BASE_URL" in " ".join(finding.msg for finding in checks.environment())


def test_scenarios_are_named_in_their_providers_folders_only() -> None:
    """Models and settings have defaults; no other production file decides anything by a scenario's name."""
    names = "|".join(registry.PROVIDERS)
    named = {
        file.relative_to(ROOT).as_posix()
        for folder, kind in (("payments", "*.py"), ("coffee_payment", "*.py"), ("static", "*.js"))
        for file in (ROOT / folder).rglob(kind)
        if re.search(rf"""["']({names})["']""", file.read_text(encoding="utf-8"))
    }
    own = {file for file in named if re.match(r"payments/providers/[a-z]+/|payments/migrations/", file)}
    assert named - own == {"payments/models/merchants.py", "coffee_payment/settings.py"}


def test_a_scenario_or_a_field_that_is_taken_is_refused(bank: BonusBank) -> None:
    from payments.providers.base import CredentialField

    class Shown(BonusBankProvider):
        scenario = "Shown"
        credential_fields = (CredentialField("secret_key"),)  # another provider hides it

    with pytest.raises(ValueError, match="BonusBank has a provider"):
        registry.register(BonusBankProvider())
    with pytest.raises(ValueError, match="secret_key of Shown differs"):
        registry.register(Shown())
    assert "Shown" not in registry.PROVIDERS
