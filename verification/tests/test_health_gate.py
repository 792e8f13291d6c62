"""The gate turns red, with the right words, when the health endpoint is spoilt on purpose."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import verification
from verification.configuration import Configuration

HARNESS = Path(verification.__file__).resolve().parent.parent
SUITE = HARNESS / "verification" / "suite" / "test_health.py"

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


def copied(configuration: Configuration, target: Path, *left_out: str) -> Path:
    """Copy what the configuration names of the project; keys of its table can be left out."""
    lines = (configuration.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f"{key} =" for key in left_out))]
    target.joinpath("pyproject.toml").write_text("\n".join(kept), encoding="utf-8")
    for folder in configuration.paths:
        shutil.copytree(configuration.path(folder), target / folder, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(configuration.path(configuration.gunicorn_config), target)
    return target


def spoil(configuration: Configuration, root: Path, offence: str) -> None:
    """Make the health view of the copy commit an offence before it answers."""
    module, _, name = configuration.health_view.rpartition(".")
    file = root / configuration.paths[0] / f"{module.replace('.', '/')}.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + SPOILT.format(name=name, offence=offence), encoding="utf-8")


def gate(root: Path, *tests: str) -> tuple[int, dict[str, Any]]:
    """Run some health checks of the gate over a copy; give the exit status and each check by name."""
    variables = {**os.environ, "PYTHONPATH": str(HARNESS)}
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "VERIFICATION_SHARED_SERVER"):
        variables.pop(name, None)
    command = [sys.executable, "-m", "verification", "run", "--provider", "embedded"]
    process = subprocess.run(
        [*command, *(f"{SUITE}::{test}" for test in tests)],
        cwd=root,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    report = root / "reports" / "verification.json"
    assert report.exists(), process.stdout + process.stderr
    checks = json.loads(report.read_text(encoding="utf-8"))["checks"]
    return process.returncode, {check["name"]: check for check in checks}


def test_view_that_runs_one_query(configuration: Configuration, tmp_path: Path) -> None:
    """One query in the view fails the gate, and every witness of queries says so."""
    root = copied(configuration, tmp_path)
    spoil(configuration, root, QUERY)

    status, checks = gate(root, "test_purity", "test_database_stopped")

    assert status == 1
    assert checks["health.purity"]["verdict"] == "failed"
    reason = checks["health.purity"]["reason"]
    assert f"captured queries, {configuration.health_path}: saw 20: default: SELECT 'spoilt'" in reason
    assert "blocked connections" in checks["health.purity"]["reason"]
    assert seen(checks["health.purity"])["PostgreSQL server"] >= 1000
    assert checks["health.database_stopped"]["verdict"] == "failed"
    assert "answers other than 200: 500" in checks["health.database_stopped"]["reason"]


def test_view_that_opens_a_socket(configuration: Configuration, tmp_path: Path) -> None:
    """A socket opened by the view fails the gate, although the view swallows its error."""
    root = copied(configuration, tmp_path)
    spoil(configuration, root, SOCKET)

    status, checks = gate(root, "test_purity")

    assert status == 1
    assert checks["health.purity"]["verdict"] == "failed"
    assert "audit hook" in checks["health.purity"]["reason"]
    assert "socket.connect (('127.0.0.1', 9),)" in checks["health.purity"]["reason"]
    assert seen(checks["health.purity"])["captured queries"] == 0


def seen(check: dict[str, Any]) -> dict[str, int]:
    """Give witness -> how much it saw, from the check's evidence; about the path, not the bare view."""
    rows = check["tables"][0]["rows"]
    return {row[0]: row[3] for row in reversed(rows)}


def test_view_that_takes_too_long_once(configuration: Configuration, tmp_path: Path) -> None:
    """One answer of hundreds that takes more than 100 ms fails the gate, with how slow it was."""
    root = copied(configuration, tmp_path)
    spoil(configuration, root, SLOW_ONCE)

    status, checks = gate(root, "test_view_latency")

    assert status == 1
    assert checks["health.view_latency"]["verdict"] == "failed"
    assert "1 of 300 answers took 100 ms or more, the slowest 1" in checks["health.view_latency"]["reason"]


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
    status, checks = gate(copied(configuration, tmp_path, key), f"test_{check}")

    assert status == 2
    assert checks[f"health.{check}"]["verdict"] == "error"
    assert words in checks[f"health.{check}"]["reason"]
