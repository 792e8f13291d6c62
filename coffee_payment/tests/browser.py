"""A headless Chromium, and the order's page in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

MARKS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="no Chromium with its driver; install chromium and chromium-driver"
    ),
]


@contextmanager
def running(profile: Path) -> Iterator[webdriver.Chrome]:
    """Run a browser without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--hide-scrollbars", "--force-prefers-reduced-motion",
                 f"--user-data-dir={profile}"):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER or ""))
    try:
        yield driver
    finally:
        driver.quit()


class Page:
    """Open the order's page in the browser."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        driver.get(address)

    def __getitem__(self, name: str) -> WebElement:
        return self.driver.find_element(By.ID, name)

    def await_status(self, status: str) -> None:
        WebDriverWait(self.driver, 20, poll_frequency=0.05).until(
            lambda _: self["status"].get_attribute("data-status") == status
        )

    def shown(self, name: str) -> str:
        return self[name].text if self[name].is_displayed() else ""

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        width: int = self.driver.execute_script(
            "return document.documentElement.scrollWidth - window.innerWidth"
        )
        return width

    def requests(self) -> int:
        count: int = self.driver.execute_script(
            "return performance.getEntriesByType('resource')"
            ".filter((entry) => entry.name.includes('/v1/order-status/')).length"
        )
        return count


def size_of(driver: webdriver.Chrome, width: int) -> None:
    """Give the window a width, in pixels."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 720, "deviceScaleFactor": 1, "mobile": width < 700},
    )
