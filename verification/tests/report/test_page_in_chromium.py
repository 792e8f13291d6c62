"""The page of a report as people see it: narrow and wide, dark, on paper, with much in it, and with a keyboard."""

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from verification.report.html import render
from verification.report.run import Result
from verification.tests.report.results import faulty, large

CHROMIUM: Final = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER: Final = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="no Chromium with its driver; install chromium and chromium-driver"
    ),
]
LARGEST: Final = 3_000_000
"""Bytes of a page."""
SERIOUS: Final = ("serious", "critical")
OVERFLOW: Final = """
    return [...document.querySelectorAll('body *')].filter(each => each.checkVisibility()
        && each.getBoundingClientRect().right > innerWidth + 1 && !each.parentElement.closest('.scroll'))
        .map(each => each.outerHTML.slice(0, 200))
"""
AXE: Final = """
    const done = arguments[0];
    document.querySelectorAll('details').forEach(each => { each.open = true; });
    axe.run().then(found => done(
        found.violations.map(each => [each.impact, each.id, each.nodes[0].html.slice(0, 200)])));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """A headless Chromium."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER or ""))
    try:
        yield driver
    finally:
        driver.quit()


def show(
    browser: webdriver.Chrome,
    folder: Path,
    result: Result,
    width: int,
    scheme: str = "light",
    media: str = "screen",
) -> str:
    """Open the page of a result, and return its text."""
    page = render(result.to_json(), history=folder / "none")
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    browser.get(file.as_uri())
    return page


@pytest.mark.parametrize("width", [320, 500, 768, 1440])
def test_value_limit_and_verdict_are_in_sight(browser: webdriver.Chrome, tmp_path: Path, width: int) -> None:
    """Nothing is wider than the window, besides what scrolls by itself; no column of the figures is cut."""
    result = faulty()
    result.total = 47  # of which seven were made: the longest headline
    show(browser, tmp_path, result, width)
    browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")

    assert browser.execute_script(OVERFLOW) == []
    assert browser.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0
    row = browser.find_element(By.CSS_SELECTOR, ".figures tbody tr.inconclusive")
    assert "the machine is too busy" in row.text
    figure = row.find_element(By.XPATH, "following-sibling::tr")
    assert [word in figure.text for word in ("passed", "99 ms", "100 ms")] == [True] * 3


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "light"), (1440, "dark")])
def test_axe_finds_nothing_serious(
    browser: webdriver.Chrome, tmp_path: Path, width: int, scheme: str
) -> None:
    """Contrast, landmarks, names of regions, and scrolling with the keyboard."""
    show(browser, tmp_path, faulty(), width, scheme)
    browser.execute_script(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))

    found = browser.execute_async_script(AXE)

    assert [each for each in found if each[0] in SERIOUS] == []


def test_axe_sees_a_page_that_is_wrong(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """So that its silence about ours means something."""
    show(browser, tmp_path, faulty(), 1440)
    browser.execute_script(
        "document.querySelector('h3').style.color = '#ddd'; document.documentElement.lang = ''"
    )
    browser.execute_script(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))

    found = browser.execute_async_script(AXE)

    assert {each[1] for each in found if each[0] in SERIOUS} == {"color-contrast", "html-has-lang"}


def test_the_causes_come_first(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """The verdict, then a card for each cause, above the figures; a link opens its evidence."""
    show(browser, tmp_path, faulty(), 1440)

    cards = browser.find_elements(By.CSS_SELECTOR, ".card")
    assert len(cards) == 3
    assert all(card.rect["y"] + card.rect["height"] < 900 for card in cards)
    for word in (
        "missing in the squash",
        "0001_squashed.py:112",
        "0026_status.py:33",
        "AddIndex",
        "schema.partial_states",
    ):
        assert word in cards[0].text
    assert "1 migration step stops the traffic" in browser.find_element(By.CSS_SELECTOR, ".traffic").text
    evidence = browser.find_element(By.ID, "schema.partial_states")
    assert not evidence.get_attribute("open")
    cards[0].find_element(By.LINK_TEXT, "schema.partial_states").click()
    assert evidence.get_attribute("open")


def test_paper_is_white_and_holds_the_evidence(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """Whatever the system's colours are; what is folded on the screen is printed, of passed checks too."""
    show(browser, tmp_path, faulty(), 720, "dark", "print")

    colours: dict[str, Any] = browser.execute_script(
        "const style = getComputedStyle(document.body); return {paper: style.backgroundColor, ink: style.color}"
    )
    assert colours["paper"] == "rgb(255, 255, 255)"
    assert browser.execute_script(OVERFLOW) == []
    for name in ("health.saturated", "schema.costs"):
        evidence = browser.find_element(By.ID, name)
        assert not evidence.get_attribute("open")
        assert evidence.find_element(By.CSS_SELECTOR, ".plot").rect["height"] > 50
    verdicts = browser.find_elements(By.CSS_SELECTOR, ".figures .verdict")
    assert all(0 <= each.rect["x"] < 720 and each.rect["width"] > 0 for each in verdicts)


def test_paper_has_the_first_rows_and_says_where_the_rest_is(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    """On the screen they are all there, without a word about paper."""
    seen = {}
    for media in ("screen", "print"):
        show(browser, tmp_path, large(40, 10), 1440, media=media)
        browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        evidence = browser.find_element(By.ID, "schema.squash")
        rows = evidence.find_elements(By.CSS_SELECTOR, ".long tbody tr")
        seen[media] = (
            sum(row.is_displayed() for row in rows),
            "The first 25 of 40 rows; verification.json has all." in evidence.text,
        )

    assert seen == {"screen": (40, False), "print": (25, True)}


@pytest.mark.slow
def test_much_is_folded_and_can_be_filtered(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """10,000 differences and 1,000,000 samples make a page of less than 3 MB, in which each difference is found."""
    page = show(browser, tmp_path, large(), 1440)

    assert len(page.encode()) < LARGEST
    assert len(browser.find_elements(By.CSS_SELECTOR, "tr")) < 1_000
    check = browser.find_element(By.ID, "schema.squash")
    check.find_element(By.CSS_SELECTOR, "summary").click()
    region = check.find_element(By.CSS_SELECTOR, "[data-long]")
    region.find_element(By.CSS_SELECTOR, "input").send_keys("table_499_column_19_idx")
    rows = region.find_elements(By.CSS_SELECTOR, "tbody tr")
    assert [row.find_elements(By.CSS_SELECTOR, "td")[2].text for row in rows] == [
        "public.table_499.table_499_column_19_idx"
    ]
    assert region.find_element(By.CSS_SELECTOR, "output").text == "1 of 1 that match"
