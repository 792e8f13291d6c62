"""The customer pages in a real browser: what is shown, what can be pressed, from 320 px up."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from payments.models import Device, Merchant, Order
from payments.user_messages import ERROR_MESSAGES, PAGE_TEXTS, STATUS_DESCRIPTIONS
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import MARKS, Page, size_of

WIDTHS = (320, 768, 1920)

pytestmark = MARKS


@pytest.fixture
def order() -> Order:
    merchant = Merchant.objects.create(
        name="Кофе и Ко", contact_email="a@example.org", bank_account="1",
        valid_until=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    device = Device.objects.create(
        device_uuid="machine-1", merchant=merchant, location="Москва, Тверская улица, дом 1, первый этаж",
        status=Device.Status.ONLINE, last_interaction=timezone.now(), payment_scenario="Yookassa",
        client_info="<b>Добро пожаловать</b>", client_info_successful="Заберите стакан",
    )  # fmt: skip
    return Order.objects.create(
        id="order-1", drink_name="Капучино на овсяном молоке", drink_number="7",
        device=device, merchant=merchant,
        size=2, price=19900, status=Order.Status.CREATED,
        expires_at=timezone.now() + timedelta(minutes=15),
    )  # fmt: skip


def open_page(browser: webdriver.Chrome, live_server: Any, order: Order, **changes: Any) -> Page:
    for name, value in changes.items():
        setattr(order, name, value)
    order.save()
    return Page(browser, f"{live_server.url}/v1/order-status-page?order_id={order.pk}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("status", "text", "button"),
    [
        ("created", PAGE_TEXTS["created"], PAGE_TEXTS["pay"]),
        ("not_paid", STATUS_DESCRIPTIONS["not_paid"], PAGE_TEXTS["retry"]),
        ("make_pending", STATUS_DESCRIPTIONS["make_pending"], ""),
        ("successful", STATUS_DESCRIPTIONS["successful"], ""),
        ("manual_make", PAGE_TEXTS["see_staff"], ""),
    ],
)
def test_each_state_says_what_to_do(
    browser: webdriver.Chrome, live_server: Any, order: Order, status: str, text: str, button: str, width: int
) -> None:
    """Each state has its sentence and button, and nothing overflows at any width."""
    size_of(browser, width)
    page = open_page(browser, live_server, order, status=status)
    page.await_status(status)

    assert page.shown("status") == text
    assert page.shown("drink") == order.drink_name
    assert "199,00" in page.shown("price")
    assert page.shown("pay") == button
    assert page.sideways() <= 0
    if directory := os.environ.get("PAGE_SCREENSHOTS"):
        browser.save_screenshot(str(Path(directory) / f"{status}-{width}.png"))


def test_a_state_that_changes_is_followed_without_reloading(
    browser: webdriver.Chrome, live_server: Any, order: Order
) -> None:
    """The page follows the order to its end without a reload; then polling ends."""
    page = open_page(browser, live_server, order, status="pending")
    page.await_status("pending")
    Order.objects.filter(pk=order.pk).update(status="successful")
    page.await_status("successful")

    assert page.shown("device-text") == "Заберите стакан"
    requests = page.requests()
    browser.execute_async_script("setTimeout(arguments[0], 1500)")
    assert page.requests() == requests


def test_an_expired_order_cannot_be_paid(browser: webdriver.Chrome, live_server: Any, order: Order) -> None:
    """A warning, and no button."""
    page = open_page(browser, live_server, order, expires_at=timezone.now() - timedelta(minutes=1))
    page.await_status("created")

    assert page.shown("warning") == PAGE_TEXTS["expired_warning"]
    assert page.shown("pay") == ""


def test_a_receipt_that_is_mandatory_needs_an_address(
    browser: webdriver.Chrome, live_server: Any, order: Order, settings: Any
) -> None:
    """The button is enabled once the address is valid; the field has a label."""
    from cryptography.fernet import Fernet
    from payments.models import MerchantCredentials

    settings.CREDENTIALS_ENCRYPTION_KEY = [Fernet.generate_key().decode()]
    Device.objects.filter(pk=order.device_id).update(payment_scenario="YookassaReceipt")
    MerchantCredentials.objects.create(
        merchant=order.merchant, scenario="YookassaReceipt",
        credentials={"account_id": "1", "secret_key": "x", "is_receipt_mandatory": True},
    )  # fmt: skip
    page = open_page(browser, live_server, order)
    page.await_status("created")

    assert page["email"].accessible_name == PAGE_TEXTS["email_label"]
    assert not page["pay"].is_enabled()
    page["email"].send_keys("coffee@")
    assert not page["pay"].is_enabled()
    page["email"].send_keys("example.org")
    assert page["pay"].is_enabled()


def test_a_refused_payment_is_said_and_can_be_tried_again(
    browser: webdriver.Chrome, live_server: Any, order: Order
) -> None:
    """Without credentials the server refuses: its message is shown, the button stays."""
    page = open_page(browser, live_server, order)
    page.await_status("created")
    page["pay"].click()
    WebDriverWait(browser, 20).until(lambda _: page.shown("warning"))

    assert page.shown("warning") == ERROR_MESSAGES["missing_credentials"]
    assert page["pay"].is_enabled()


def test_a_lost_connection_offers_another_try(
    browser: webdriver.Chrome, live_server: Any, order: Order
) -> None:
    """Offline at the first load: an error with a button that works once the network is back."""
    page = open_page(browser, live_server, order)
    page.await_status("created")
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/v1/order-status/*"]})
    page = open_page(browser, live_server, order)
    page.await_status("error")
    assert page.shown("status") == PAGE_TEXTS["network_error"]

    browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    page["reload"].click()
    page.await_status("created")

    assert page.shown("reload") == ""


def test_device_text_cannot_run_a_script(browser: webdriver.Chrome, live_server: Any, order: Order) -> None:
    """HTML of a device's text is shown without scripts."""
    Device.objects.filter(pk=order.device_id).update(
        client_info="<b>Кофе</b><img src=x onerror=\"document.title='broken'\">"
        "<script>document.title='broken'</script>"
    )
    page = open_page(browser, live_server, order)
    page.await_status("created")

    assert page.shown("device-text") == "Кофе"
    assert browser.title == PAGE_TEXTS["title"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_error_page_fits(browser: webdriver.Chrome, live_server: Any, width: int) -> None:
    """An unknown order: only the customer's message, at any width."""
    size_of(browser, width)
    page = Page(browser, f"{live_server.url}/v1/order-status-page?order_id=unknown")

    assert ERROR_MESSAGES["order_not_found"] in browser.find_element(By.TAG_NAME, "main").text
    assert page.sideways() <= 0


def test_contrast_of_every_text_is_at_least_wcag_aa(
    browser: webdriver.Chrome, live_server: Any, order: Order
) -> None:
    """Each visible text has a contrast of 4.5 to 1, light and dark (WCAG 2.2, 1.4.3)."""
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        for status in ("created", "pending", "successful", "not_paid", "manual_make"):
            page = open_page(browser, live_server, order, status=status)
            page.await_status(status)
            assert browser.execute_script(CONTRAST) == [], (scheme, status)


CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll("main *")]
  .filter((node) => node.checkVisibility() && !node.disabled
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()))
  .map((node) => {
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    return [node.id || node.tagName, (a + 0.05) / (b + 0.05)];
  })
  .filter(([, ratio]) => ratio < 4.5);
"""
