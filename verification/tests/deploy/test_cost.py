"""Findings of the family cost: each code on what it must find, silence where nothing stops anybody."""

import pytest

from verification.deploy.finding import FAMILIES
from verification.tests.deploy.cost_cases import BAD, GOOD
from verification.tests.deploy.store import Case, Store


@pytest.mark.parametrize(
    "case", [*BAD, *GOOD], ids=lambda case: f"{'-'.join(case.codes) or 'good'}-{case.name}"
)
def test_the_cost_of_a_release_is_found_once(case: Case, shop: Store) -> None:
    """One cause is one finding, in the migration's file; a harmless release has none."""
    findings = [each for each in shop.judge(case).findings if each.code in FAMILIES["cost"]]

    assert tuple(each.code for each in findings) == case.codes
    for finding in findings:
        assert finding.migration == "goods.0002_change"
        assert finding.line, finding
        assert finding.remedy
