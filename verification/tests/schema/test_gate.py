"""A squash with faults on purpose: the command and the gate name exactly what it lost.

Input that cannot be compared is in ``tests/migrations/test_commands.py``.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.tests.suite.faulty_copies import Outcome, copy_project, gate, harness

APP = "payments"
SQUASH = "0001_squashed_0026_add_status_check_type"


def without_index(text: str, name: str = "payments_or_status_idx") -> str:
    """Return a migration without the declaration of one index."""
    start = text.rindex("models.Index(", 0, text.index(f'name="{name}"'))
    depth = 0
    for stop in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[stop], 0)
        if text[stop] == ")" and depth == 0:
            return text[:start] + text[stop + 1 :].lstrip(",")
    raise AssertionError(f"{name}: no end of its declaration")


def with_longer_scenario(text: str) -> str:
    """Return a migration in which one column is ten characters longer."""
    return text.replace('(default="Yookassa", max_length=50)', '(default="Yookassa", max_length=60)')


@dataclass(frozen=True)
class Fault:
    """One change to the squash, and the one difference that it must lead to."""

    edit: Callable[[str], str]
    expected: tuple[str, str, str, str]
    """kind, object, change, attribute."""


WITHOUT_INDEX = Fault(
    without_index,
    ("index", "public.payments_order.payments_or_status_idx", "removed", ""),
)
LONGER_COLUMN = Fault(
    with_longer_scenario,
    ("column", "public.payments_device.payment_scenario", "changed", "type"),
)
FAULTS = (WITHOUT_INDEX, LONGER_COLUMN)
EXPECTED = sorted(fault.expected for fault in FAULTS)


@pytest.fixture
def project(configuration: Configuration, tmp_path: Path) -> Path:
    """A copy of the project."""
    return copy_project(configuration, tmp_path)


def break_squash(project: Path, *faults: Fault) -> None:
    file = next(project.glob(f"*/{APP}/migrations/{SQUASH}.py"))
    text = file.read_text(encoding="utf-8")
    for fault in faults:
        changed = fault.edit(text)
        assert changed != text
        text = changed
    file.write_text(text, encoding="utf-8")


def squash(project: Path, server: Server, settings: str, *arguments: str) -> Outcome:
    """Run the command on the server of the tests."""
    where = ("--provider", "existing", "--dsn", server.url("postgres"))
    return harness(project, "squash", "--settings", settings, *where, *arguments)


@pytest.mark.slow
def test_an_equal_squash_is_equal(configuration: Configuration, project: Path, server: Server) -> None:
    """Untouched, the two chains are equal: status 0, no difference, the contract's JSON."""
    done = squash(project, server, configuration.settings, "--format", "json")

    assert done.status == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["equal"] is True
    assert [(each["app"], each["squash"], each["replaced"]) for each in found["squashes"]] == [
        (APP, SQUASH, 26)
    ]
    assert found["squashes"][0]["differences"] == []


@pytest.mark.slow
def test_each_fault_of_a_squash_is_one_difference(
    configuration: Configuration, project: Path, server: Server
) -> None:
    """Each with its kind, object and attribute, and nothing else: status 1."""
    break_squash(project, *FAULTS)

    done = squash(project, server, configuration.settings, "--format", "json")

    assert done.status == 1, done.stderr
    differences = json.loads(done.stdout)["squashes"][0]["differences"]
    found = [(each["kind"], each["object"], each["change"], each["attribute"] or "") for each in differences]
    assert sorted(found) == EXPECTED


@pytest.mark.slow
def test_the_gate_names_a_faulty_squash_and_a_change_without_migration(project: Path) -> None:
    """``run``: status 1; each of three checks fails and names what is wrong."""
    break_squash(project, WITHOUT_INDEX)
    models = next(project.glob(f"*/{APP}/models/merchants.py"))
    text = models.read_text(encoding="utf-8")
    first = "contact_email = models.EmailField("
    assert first in text
    models.write_text(text.replace(first, f"fax = models.TextField()\n    {first}"), encoding="utf-8")

    names = ("test_schema_squash", "test_schema_written", "test_schema_models")
    done = gate(project, *(f"test_schema.py::{name}" for name in names))

    assert done.status == 1, done.output
    assert {check["verdict"] for check in done.checks.values()} == {"failed"}
    lost, written, against = done.checks.values()
    assert "index public.payments_order.payments_or_status_idx: missing in the squash" in lost["reason"]
    assert f"{APP}: no migration for: Add field fax to merchant" in written["reason"]
    assert "column public.payments_merchant.fax: only in the models" in against["reason"]
