"""The gate turns red, with the right words, when the health endpoint is spoilt on purpose."""

from pathlib import Path
from typing import Any

import pytest

from verification.project.configuration import Configuration
from verification.tests.suite.faulty_copies import copy_project, gate

SPOILT = """

_unspoilt = {name}


def {name}(request):
    {offence}
    return _unspoilt(request)
"""
QUERY = """from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 'spoilt'")"""
SOCKET = """import contextlib
    import socket

    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=0.2)"""
SLOW_ONCE = """import time

    globals()["_calls"] = globals().get("_calls", 0) + 1
    if _calls == 100:
        time.sleep(0.11)"""


def spoil(configuration: Configuration, root: Path, offence: str) -> None:
    """Make the health view of the copy commit an offence before it answers."""
    module, _, name = configuration.health_view.rpartition(".")
    file = root / configuration.paths[0] / f"{module.replace('.', '/')}.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + SPOILT.format(name=name, offence=offence), encoding="utf-8")


def test_view_that_runs_one_query(configuration: Configuration, tmp_path: Path) -> None:
    """One query in the view fails the gate, and every witness of queries says so."""
    root = copy_project(configuration, tmp_path)
    spoil(configuration, root, QUERY)

    done = gate(root, "test_health.py::test_purity", "test_health.py::test_database_stopped")

    assert done.status == 1
    assert done.checks["health.purity"]["verdict"] == "failed"
    reason = done.checks["health.purity"]["reason"]
    assert f"captured queries, {configuration.health_path}: saw 20: default: SELECT 'spoilt'" in reason
    assert "blocked connections" in done.checks["health.purity"]["reason"]
    assert seen(done.checks["health.purity"])["PostgreSQL server"] >= 1000
    assert done.checks["health.database_stopped"]["verdict"] == "failed"
    assert "answers other than 200: 500" in done.checks["health.database_stopped"]["reason"]


def test_view_that_opens_a_socket(configuration: Configuration, tmp_path: Path) -> None:
    """A socket opened by the view fails the gate, although the view swallows its error."""
    root = copy_project(configuration, tmp_path)
    spoil(configuration, root, SOCKET)

    done = gate(root, "test_health.py::test_purity")

    assert done.status == 1
    assert done.checks["health.purity"]["verdict"] == "failed"
    assert "audit hook" in done.checks["health.purity"]["reason"]
    assert "socket.connect (('127.0.0.1', 9),)" in done.checks["health.purity"]["reason"]
    assert seen(done.checks["health.purity"])["captured queries"] == 0


def seen(check: dict[str, Any]) -> dict[str, int]:
    """Give witness -> how much it saw, from the check's evidence; about the path, not the bare view."""
    rows = check["tables"][0]["rows"]
    return {row[0]: row[3] for row in reversed(rows)}


def test_view_that_takes_too_long_once(configuration: Configuration, tmp_path: Path) -> None:
    """One answer of hundreds that takes more than 100 ms fails the gate, with how slow it was."""
    root = copy_project(configuration, tmp_path)
    spoil(configuration, root, SLOW_ONCE)

    done = gate(root, "test_health.py::test_view_latency")

    assert done.status == 1
    assert done.checks["health.view_latency"]["verdict"] == "failed"
    assert (
        "1 of 300 answers took 100 ms or more, the slowest 1" in done.checks["health.view_latency"]["reason"]
    )


@pytest.mark.parametrize(
    ("key", "check", "words"),
    [
        ("wsgi", "methods", "names no wsgi application; add wsgi ="),
        ("health_view", "view_latency", "names no health_view; add health_view ="),
    ],
)
def test_project_that_configures_nothing(
    configuration: Configuration, tmp_path: Path, key: str, check: str, words: str
) -> None:
    """What a project does not configure is an error with its mend, never a silent pass."""
    done = gate(copy_project(configuration, tmp_path, key), f"test_health.py::test_{check}")

    assert done.status == 2
    assert done.checks[f"health.{check}"]["verdict"] == "error"
    assert words in done.checks[f"health.{check}"]["reason"]
