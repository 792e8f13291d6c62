"""The gate fails, and says why, for a health endpoint that violates a property on purpose."""

from pathlib import Path
from typing import Any

import pytest

from verification.project.configuration import Configuration
from verification.tests.suite.faulty_copies import Outcome, copy_project, gate

pytestmark = pytest.mark.slow

FAULTY_VIEW = """

_original = {name}


def {name}(request):
    {fault}
    return _original(request)
"""
FAULTS = """import contextlib
    import socket
    import sys
    import time

    from django.db import connection

    if "pytest" in sys.modules:  # the run itself, which calls the view as a function
        globals()["_calls"] = globals().get("_calls", 0) + 1
        if _calls == 100:
            time.sleep(0.11)
        return _original(request)
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=0.2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'a fault'")"""
"""One slow answer in the process of the run; a socket and a query in the processes of the project."""


def add_fault(configuration: Configuration, root: Path, fault: str) -> None:
    """Make the health view of the copy run a fault before it answers."""
    module, _, name = configuration.health_view.rpartition(".")
    file = root / configuration.paths[0] / f"{module.replace('.', '/')}.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + FAULTY_VIEW.format(name=name, fault=fault), encoding="utf-8")


@pytest.fixture(scope="module")
def faulty(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run over a view that opens a socket, runs a query, and is slow once."""
    root = copy_project(configuration, tmp_path_factory.mktemp("copy"))
    add_fault(configuration, root, FAULTS)
    checks = ("_latency.py::test_view_latency", ".py::test_purity", ".py::test_database_stopped")
    return gate(root, *(f"test_health{check}" for check in checks))


def seen(check: dict[str, Any]) -> dict[str, int]:
    """Return detector -> how many calls it saw while the health path was requested."""
    rows = check["tables"][0]["rows"]
    return {row[0]: row[3] for row in reversed(rows)}


def test_view_that_runs_one_query(configuration: Configuration, faulty: Outcome) -> None:
    """One query in the view fails the gate, and every detector of queries sees it."""
    purity = faulty.checks["health.purity"]

    assert faulty.status == 1
    assert purity["verdict"] == "failed"
    assert "the health endpoint makes calls: default: SELECT 'a fault'" in purity["reason"]
    assert seen(purity)["captured queries"] == seen(purity)["blocked connections"] == 13
    assert seen(purity)["PostgreSQL log"] >= 300


def test_view_that_fails_without_database(faulty: Outcome) -> None:
    """A view that needs the database fails the gate while that is stopped."""
    check = faulty.checks["health.database_stopped"]

    assert check["verdict"] == "failed"
    assert "answers other than 200: 500" in check["reason"]


def test_view_that_opens_a_socket(faulty: Outcome) -> None:
    """A socket opened by the view is seen, although the view swallows its error; no query is taken for one."""
    purity = faulty.checks["health.purity"]

    assert "socket.connect (('127.0.0.1', 9),)" in str(purity["findings"]), purity
    assert seen(purity)["audit hook"] == 2 * 13  # the name of the host, and the socket
    assert seen(purity)["captured queries"] == 13


def test_view_that_takes_too_long_once(faulty: Outcome) -> None:
    """One answer of hundreds that takes more than 100 ms fails the gate, and the reason says how long."""
    check = faulty.checks["health.view_latency"]

    assert check["verdict"] == "failed"
    assert "1 of 300 answers took 100 ms or more, the slowest 1" in check["reason"]


def test_project_that_configures_nothing(configuration: Configuration, tmp_path: Path) -> None:
    """What a project does not configure is an error that says what to add, never a silent pass."""
    root = copy_project(configuration, tmp_path, "wsgi", "health_view")

    done = gate(root, "test_health_contract.py::test_methods", "test_health_latency.py::test_view_latency")

    assert done.status == 2
    for check, words in (
        ("health.methods", "the project names no wsgi and no asgi"),
        ("health.view_latency", "the project names no wsgi and no asgi"),
    ):
        assert done.checks[check]["verdict"] == "error"
        assert words in done.checks[check]["reason"]
