"""Property 3: the variables that the settings read are the variables that the README documents."""

import pytest

from ..environment import deployment, deployment_comparison
from ..environment.documentation import Environment, examine_project
from ..environment.effects import Effects, examine_effects
from ..environment.running_reads import examine_running
from ..project.configuration import Configuration
from ..report.evidence import Measurement, Table
from ..report.result import Check
from .applicability import need_deployment_files, need_readme

PROPERTIES = ("Property 3",)


@pytest.fixture(scope="module")
def environment(configuration: Configuration) -> Environment:
    """What the project reads and documents."""
    need_readme(configuration)
    return examine_project(configuration)


@pytest.fixture(scope="module")
def effects(configuration: Configuration, environment: Environment) -> Effects:
    """What each documented variable does."""
    return examine_effects(configuration, environment.reads, environment.rows, environment.literals)


def test_environment_documented(environment: Environment, check: Check) -> None:
    """Every variable that the settings read is a row of the README with its default, and vice versa."""
    check.properties = PROPERTIES
    check.measurements += [
        Measurement("variables read by the settings", len(environment.variables), "variables"),
        Measurement("rows of the README's table", len(environment.rows), "rows"),
    ]
    places = {read.variable: read.where for read in (*environment.other_reads, *environment.reads)}
    check.tables.append(
        Table(
            "Documented variables",
            ("variable", "category", "default", "secret", "read at"),
            [
                (
                    row.variable,
                    row.category,
                    row.default if not row.secret else None,
                    row.secret,
                    places.get(row.variable),
                )
                for row in environment.rows
            ],
        )
    )
    check.expect_none(environment.findings, "undocumented, unread or differing")


def test_environment_effective(effects: Effects, check: Check) -> None:
    """Every documented variable changes something when changed, and nothing when set to its default."""
    check.properties = PROPERTIES
    check.tables.append(
        Table(
            "What each variable changes",
            ("variable", "settings that moved", "another value", "empty value", "default is effective"),
            [
                (
                    effect.variable,
                    ", ".join(effect.changed),
                    "refused" if effect.refused else "accepted",
                    effect.empty,
                    effect.default,
                )
                for effect in effects.effects
            ],
        )
    )
    check.expect_none(effects.findings, "without effect or with another default")
    assert effects.effects, "the settings read no documented variable; name settings_file in pyproject.toml"


def test_environment_running(configuration: Configuration, environment: Environment, check: Check) -> None:
    """The project as it runs reads no variable that the README lacks, wherever and whenever it reads it."""
    check.properties = PROPERTIES
    running = examine_running(configuration, environment)
    check.notes += running.notes
    check.measure("variables observed while it ran", len(running.observed), "variables")
    check.measure("files of the project that were loaded", len(running.files), "files")
    check.expect_none(running.findings, "undocumented reads")


def test_environment_in_deployment_files(
    configuration: Configuration, environment: Environment, check: Check
) -> None:
    """Deployment files set only variables that the project reads, and omit none that it needs."""
    check.properties = PROPERTIES
    need_deployment_files(configuration)
    deployments = deployment.find(configuration.root)
    found = deployment_comparison.compare_deployments(
        deployments, [*environment.reads, *environment.other_reads], environment.rows
    )
    check.notes.append(f"files: {', '.join(each.shown for each in deployments) or 'this project has none'}")
    check.measurements.append(
        Measurement(
            "settings in deployment files", sum(len(each.settings) for each in deployments), "settings"
        )
    )
    check.expect_none(found)
