"""A customer's whole way in a real browser, on a small telephone, with and without scripts."""

import os
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from payments.models import Order
from payments.user_messages import PAGE_TEXTS, STATUS_DESCRIPTIONS
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import MARKS, Page, size_of
from tests.shop import Providers, Shop, attempts

pytestmark = MARKS
NARROW = 320


class Way:
    """Goes from page to page, and looks at each of ours."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser
        self.steps = 0
        size_of(browser, NARROW)

    def see(self, page: Page, status: str, text: str, button: str) -> None:
        page.await_status(status)
        assert (page.shown("status"), page.shown("pay")) == (text, button)
        self.look(page)

    def look(self, page: Page) -> None:
        assert page.sideways() <= 0
        self.steps += 1
        if directory := os.environ.get("PAGE_SCREENSHOTS"):
            self.browser.save_screenshot(str(Path(directory) / f"way-{self.steps}.png"))

    def press(self, page: Page) -> str:
        """Press the pay button; return the address of the bank's page."""
        page["pay"].click()
        WebDriverWait(self.browser, 20).until(lambda driver: "/pay/" in driver.current_url)
        return str(self.browser.current_url)

    def at_the_bank(self, action: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, f"button[value={action}]").click()
        WebDriverWait(self.browser, 20).until(lambda driver: "order-status-page" in driver.current_url)


@pytest.mark.slow
def test_from_the_scan_to_the_drink(
    browser: webdriver.Chrome, live_server: Any, shop: Shop, providers: Providers
) -> None:
    """Scan, close the bank's page, come back, be declined, try again, pay, see the drink being made."""
    providers.tbank.return_base = live_server.url
    providers.tbank.webhook = f"{live_server.url}/v1/tbank-pay-webhook"
    device, order_id = shop.device("TBank"), str(uuid.uuid4())
    scan = {
        "deviceUuid": device.device_uuid,
        "drinkName": "Капучино",
        "drinkNo": "7",
        "uuid": order_id,
        "size": "1",
    }
    way = Way(browser)
    address = f"{live_server.url}/v1/pay?{urlencode(scan)}"

    page = Page(browser, address)
    way.see(page, "created", PAGE_TEXTS["created"], PAGE_TEXTS["pay"])
    bank = way.press(page)

    page = Page(browser, address)  # closed the bank's page, and scans again
    way.see(page, "pending", STATUS_DESCRIPTIONS["pending"], PAGE_TEXTS["go_on"])
    assert way.press(page) == bank

    way.at_the_bank("cancel")
    way.see(page, "not_paid", STATUS_DESCRIPTIONS["not_paid"], PAGE_TEXTS["retry"])
    assert way.press(page) != bank

    way.at_the_bank("pay")
    way.see(page, "make_pending", STATUS_DESCRIPTIONS["make_pending"], "")
    assert [status for status, _ in attempts(Order.objects.get(pk=order_id))] == ["failed", "successful"]
    assert providers.tmetr.made(order_id) == 1

    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.refresh()
        text = browser.find_element(By.TAG_NAME, "main").text
        for shown in (STATUS_DESCRIPTIONS["make_pending"], "Капучино", "150,00 ₽", PAGE_TEXTS["reload"]):
            assert shown in text
        way.look(page)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    errors = [line["message"] for line in browser.get_log("browser") if line["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert [error for error in errors if not error.startswith(providers.server.url)] == []
