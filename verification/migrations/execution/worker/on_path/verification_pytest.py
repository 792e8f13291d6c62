"""The same for pytest: a plugin, which processes of xdist load too."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
import verification_tests  # type: ignore[import-not-found]

SETTINGS = "DJANGO_SETTINGS_MODULE"


@pytest.hookimpl(hookwrapper=True)
def pytest_load_initial_conftests(early_config: Any) -> Generator[None, None, None]:
    """Name the settings where the project's configuration of pytest does not."""
    try:
        named = early_config.getini(SETTINGS)
    except ValueError:
        named = ""  # there is no pytest-django
    if not named:
        os.environ.setdefault(SETTINGS, verification_tests.told()["settings"])
    yield


def pytest_configure() -> None:
    """Lead the tests to the databases; the settings are known by now."""
    verification_tests.lead()


def pytest_runtest_logreport(report: Any) -> None:
    """Record a test that ran or failed."""
    if report.failed or (report.when == "call" and report.passed):
        verification_tests.record(test=report.nodeid, error=_error(report))


def pytest_collectreport(report: Any) -> None:
    """Record a file that cannot be loaded."""
    if report.failed:
        verification_tests.record(test=report.nodeid, error=_error(report))


def _error(report: Any) -> str:
    if not report.failed:
        return ""
    crash = getattr(getattr(report.longrepr, "reprcrash", None), "message", "")
    return str(crash) or (str(report.longrepr).strip() or "failed").splitlines()[-1]
