"""Whether the new migrations may go out where another revision runs; docs/deploy.md says how it is tried."""

from collections.abc import Callable
from typing import Final

import pytest

from ..deploy import configured, judgement, old_tests, release, suppressions
from ..deploy.finding import FAMILIES
from ..deploy.release import Release
from ..errors import CannotRun
from ..migrations.equivalence.upgrade import RowVolume
from ..postgres.server import Server
from ..project.configuration import Configuration
from ..report.evidence import Table
from ..report.result import Check
from .gate import NotApplicable

Expect = Callable[[str], None]
BEFORE_A_RUN: Final = frozenset({"history", "suppressions"})
"""Families that need no migration to run."""


@pytest.fixture(scope="module")
def base(configuration: Configuration, pytestconfig: pytest.Config) -> str:
    """The revision that runs in production."""
    named = str(pytestconfig.getoption("--verification-since") or configured.base(configuration))
    if not named:
        raise NotApplicable(
            "no base: name what runs in production with --since REF, or as base in [tool.verification.deploy]"
        )
    return named


@pytest.fixture(scope="module")
def judged(base: str, configuration: Configuration, server: Server, pytestconfig: pytest.Config) -> Release:
    """The new migrations, tried once."""
    if not configuration.settings:
        raise CannotRun("[tool.verification] names no settings module", "add settings = 'mysite.settings'")
    size = pytestconfig.getoption("--verification-rows") or configuration.row_count
    tests = configured.tests(configuration)
    options = release.Options(
        rows=RowVolume(size, configuration.rows),
        settings=configuration.settings,
        accepted=suppressions.read(configuration),
        tests=old_tests.Command.parse(tests) if tests else None,
    )
    return judgement.judge(configuration, server, base, options)


@pytest.fixture
def expect(judged: Release, check: Check) -> Expect:
    """Return what fails the check with the findings of a family; a part that was not tried is no pass."""

    def expect(family: str) -> None:
        found = [each for each in judged.findings if each.code in FAMILIES[family]]
        check.expect_none(found)
        if judged.not_tried and family not in BEFORE_A_RUN:
            raise CannotRun(f"not tried: {judged.not_tried}", "correct that first")
        if not judged.plan:
            check.passed(f"no new migrations since {judged.base}")

    return expect


def test_deploy_history(expect: Expect) -> None:
    """What the base has applied is as it was, and each app has one last migration."""
    expect("history")


def test_deploy_cost(judged: Release, expect: Expect, check: Check) -> None:
    """On rows no new migration locks others out while it works, and each of them runs through."""
    if judged.steps:
        rows = [(step.migration, round(step.seconds, 3), ", ".join(step.rewritten)) for step in judged.steps]
        check.tables.append(
            Table("new migrations on rows", ("migration", "seconds", "rewritten tables"), rows)
        )
        check.measure("rows in place", judged.rows, "rows")
    expect("cost")


def test_deploy_traffic(expect: Expect) -> None:
    """Reads and writes of the base's code do not wait for the new migrations."""
    expect("traffic")


def test_deploy_compatibility(expect: Expect) -> None:
    """The code of the base runs on the new schema."""
    expect("compatibility")


def test_deploy_recovery(expect: Expect) -> None:
    """The new migrations can be undone, and be run again after an interruption."""
    expect("recovery")


def test_deploy_concurrency(expect: Expect, configuration: Configuration) -> None:
    """Two migrators that are started together leave what one does."""
    if configured.one_migrator(configuration):
        raise NotApplicable("one_migrator in [tool.verification.deploy]: only one process migrates")
    expect("concurrency")


def test_deploy_suppressions(expect: Expect) -> None:
    """Each accepted finding is there, and its last day has not passed."""
    expect("suppressions")
