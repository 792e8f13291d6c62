"""A squash that was spoilt on purpose: the command and the gate name exactly what it lost."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from verification.project.configuration import Configuration
from verification.tests.suite.faulty_copies import Outcome, copy_project, gate, harness

APP = "payments"
SQUASH = "0001_squashed_0026_add_status_check_type"


def without_index(text: str, name: str = "payments_or_status_idx") -> str:
    """Take the declaration of one index out of a migration."""
    start = text.rindex("models.Index(", 0, text.index(f'name="{name}"'))
    depth = 0
    for stop in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[stop], 0)
        if text[stop] == ")" and depth == 0:
            return text[:start] + text[stop + 1 :].lstrip(",")
    raise AssertionError(f"{name}: no end of its declaration")


def with_longer_scenario(text: str) -> str:
    """Let one column hold ten characters more."""
    return text.replace('(default="Yookassa", max_length=50)', '(default="Yookassa", max_length=60)')


@dataclass(frozen=True)
class Fault:
    """One change to the squash, and the one difference that it must come to."""

    name: str
    edit: Callable[[str], str]
    expected: tuple[str, str, str, str]
    """kind, object, change, attribute."""


FAULTS = (
    Fault(
        "index dropped",
        without_index,
        ("index", "public.payments_order.payments_or_status_idx", "removed", ""),
    ),
    Fault(
        "length changed",
        with_longer_scenario,
        ("column", "public.payments_device.payment_scenario", "changed", "type"),
    ),
)


@pytest.fixture
def project(configuration: Configuration, tmp_path: Path) -> Path:
    """A copy of the project, ready to be spoilt."""
    return copy_project(configuration, tmp_path)


def squash_file(project: Path) -> Path:
    return next(project.glob(f"*/{APP}/migrations/{SQUASH}.py"))


def spoil(project: Path, fault: Fault) -> None:
    file = squash_file(project)
    text = file.read_text(encoding="utf-8")
    spoilt = fault.edit(text)
    assert spoilt != text
    file.write_text(spoilt, encoding="utf-8")


def squash(project: Path, settings: str, *arguments: str) -> Outcome:
    return harness(project, "squash", "--settings", settings, "--provider", "embedded", *arguments)


def test_an_honest_squash_is_equal(configuration: Configuration, project: Path) -> None:
    """Untouched, the two chains are equal: status 0, no difference, the contract's JSON."""
    done = squash(project, configuration.settings, "--format", "json")

    assert done.status == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["equal"] is True
    assert [(each["app"], each["squash"], each["replaced"]) for each in found["squashes"]] == [
        (APP, SQUASH, 26)
    ]
    assert found["squashes"][0]["differences"] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_spoilt_squash_is_named_exactly(configuration: Configuration, project: Path, fault: Fault) -> None:
    """One fault, one difference, with its kind, object and attribute: status 1."""
    spoil(project, fault)

    done = squash(project, configuration.settings, "--format", "json")

    assert done.status == 1, done.stderr
    differences = json.loads(done.stdout)["squashes"][0]["differences"]
    found = [(each["kind"], each["object"], each["change"], each["attribute"] or "") for each in differences]
    assert found == [fault.expected]


def test_the_gate_fails_with_the_index_in_words(configuration: Configuration, project: Path) -> None:
    """``run`` over the spoilt tree: status 1, and the reason names the index that is missing."""
    spoil(project, FAULTS[0])

    done = gate(project, "test_schema.py::test_schema_squash")

    assert done.status == 1, done.output
    (check,) = done.checks.values()
    assert check["verdict"] == "failed"
    assert "index public.payments_order.payments_or_status_idx: missing on the right" in check["reason"]


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        ("no.such.settings", (), "no.such.settings"),
        (None, ("--app", "auth"), "no squashed migration"),
        (None, ("--app", "tea"), "tea"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(
    configuration: Configuration, project: Path, settings: str | None, arguments: tuple[str, ...], words: str
) -> None:
    """Status 2 and one line that names what is wrong."""
    done = squash(project, settings or configuration.settings, *arguments)

    assert done.status == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert words in done.stderr


def test_a_chain_that_does_not_load_is_not_comparable(configuration: Configuration, project: Path) -> None:
    """An original that depends on a migration that is not there: never equal, status 2."""
    broken = next(project.glob(f"*/{APP}/migrations/0005_*.py"))
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text.replace("0004_alter_device_device_uuid", "0004_lost"), encoding="utf-8")

    done = squash(project, configuration.settings)

    assert done.status == 2
    assert "0004_lost" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_change_without_migration_is_drift(configuration: Configuration, project: Path) -> None:
    """A model that says more than its migrations fails the gate with the app and the field."""
    models = next(project.glob(f"*/{APP}/models.py"))
    text = models.read_text(encoding="utf-8")
    first = "contact_email = models.EmailField("
    assert first in text
    models.write_text(text.replace(first, f"fax = models.TextField()\n    {first}"), encoding="utf-8")

    done = gate(project, "test_schema.py::test_schema_written", "test_schema.py::test_schema_models")

    assert done.status == 1, done.output
    written, against = done.checks.values()
    assert f"{APP}: Add field fax to merchant" in written["reason"]
    assert "column public.payments_merchant.fax: only on the right" in against["reason"]
