"""Fixtures of the server's tests: a shop and its providers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium import webdriver

    from tests.shop import Providers, Shop


@pytest.fixture(scope="session", autouse=True)
def no_kept_connections() -> None:
    """Close connections of threads with their work: a kept one would hold the test database at its end."""
    from django.db import connections

    for each in connections.settings.values():
        each["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite use a file: connections to one in memory do not wait for each other's locks."""
    from django.conf import settings

    for each in settings.DATABASES.values():
        if each["ENGINE"] == "django.db.backends.sqlite3":
            each["TEST"]["NAME"] = tmp_path_factory.mktemp("database") / "test.sqlite3"
            each["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode = WAL"}


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hash passwords in no time: Django's own hashers, which are slow on purpose, only check what others stored."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def counted_anew(settings: Any) -> None:
    """Count the limits of strangers in this process, from zero; only tests of the limits set them."""
    from payments import rates

    settings.RATE_LIMIT_STORAGE_URL = "memory://"
    for what in ("SCANS_PER_ADDRESS", "SCANS_PER_DEVICE", "PAYMENTS_PER_ORDER", "SIGN_INS_PER_ADDRESS"):
        setattr(settings, f"{what}_PER_MIN", 0)
    rates.forget()


@pytest.fixture
def providers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator["Providers"]:
    """The three providers on a real HTTP server, the project's settings pointing there.

    The answer to a notification has seconds: that it is never late has tests of its own.
    """
    from payments.outgoing import questions

    from tests.shop import running_providers  # pytest may load this file before Django is set up

    with running_providers() as running:
        monkeypatch.setattr(questions, "ANSWER_SECONDS", 7.0)
        for name, value in running.settings().items():
            setattr(settings, name, value)
        settings.BASE_URL = "pay.example.com"
        yield running


@pytest.fixture
def shop(db: None, providers: "Providers") -> "Shop":
    """A shop whose merchant has paid for the service."""
    from tests.shop import Shop

    return Shop()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["webdriver.Chrome"]:
    """A headless Chromium."""
    from tests.browser import running

    with running(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver
