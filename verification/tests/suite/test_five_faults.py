"""Five faults in one copy of the project: as many causes, each with its line, whatever number of checks fails."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tools.faults import chain, environment, purity, transport
from verification.project.configuration import load
from verification.tests.report.test_machines import validate
from verification.tests.suite.faulty_copies import copy_project, gate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
REPOSITORY: Final = Path(__file__).parents[3]
FAULTS: Final = (
    "a variable that nobody documents",
    "a query, error swallowed",
    "an index is missing",
    "a model without its migration",
    "the root is dropped",
)
EXPECTED: Final = {
    "environment.undocumented": "coffee_payment/coffee_payment/settings.py",
    "health.purity": "coffee_payment/payments/views.py",
    "schema.squash": "coffee_payment/payments/migrations/0001_squashed_0026_add_status_check_type.py",
    "schema.written": "coffee_payment/payments/models/merchants.py",
    "transport.options": "coffee_payment/coffee_payment/settings.py",
}
"""Rule of each cause, and its file."""


def test_five_faults_are_five_causes(tmp_path: Path) -> None:
    """All that fails is a symptom of one of them; each names the edited file, and the squash both of its sides."""
    project = copy_project(load(REPOSITORY), tmp_path)
    known = {each.name: each for module in (chain, environment, purity, transport) for each in module.FAULTS}
    for name in FAULTS:
        for edit in known[name].edits:
            edit.apply(project)

    # The self-tests of the harness's detectors say nothing about the project.
    done = gate(project, "-k", "not detectors and not alarm", seconds=1200)

    assert done.status == 1, done.output
    result = json.loads((project / "reports" / "verification.json").read_text(encoding="utf-8"))
    assert {each["rule"]: each["place"].rpartition(":")[0] for each in result["causes"]} == EXPECTED
    assert len(result["causes"]) == len(EXPECTED)
    names = ("verification.json", "verification.sarif", "code-quality.json", "junit.xml")
    validate(*((project / "reports" / name).read_text(encoding="utf-8") for name in names))
    assert all(each["place"].rpartition(":")[2].isdigit() for each in result["causes"])
    failed = [name for name, check in done.checks.items() if check["verdict"] in {"failed", "inconclusive"}]
    assert sorted(failed) == sorted(check for each in result["causes"] for check in each["checks"])
    assert len(failed) >= 14
    index = finding(done.checks["schema.squash"], "payments_or_status_idx")
    original = next(place for place in index["places"] if place["role"] == "original migrations")
    assert original["file"].endswith("0026_add_status_check_type.py")
    assert original["line"] > 0
    assert "migrations.AddIndex(" in index["remedy"]


def finding(check: dict[str, Any], word: str) -> dict[str, Any]:
    """Return the first finding of a check whose message has this word."""
    return next(each for each in check["findings"] if word in each["message"])
