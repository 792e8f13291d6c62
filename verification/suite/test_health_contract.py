"""What a probe relies on in the answers of the health endpoint, and in the log of its server."""

import pytest

from ..health import probe_contract
from ..health.contract import Contract
from ..health.detectors.session import HealthSession
from ..project.configuration import Configuration
from ..report.result import Check
from .applicability import need_health, need_policy


def test_contract(
    check: Check, project: HealthSession, configuration: Configuration, health_path: str
) -> None:
    """The answer holds what the project promises, also when the view's inside fails, and shows no secret."""
    check.properties = ("Property 2",)
    with Contract(configuration, project.variables) as contract:
        wrong = list(contract.wrong_answers(project.web.probe(health_path)))
        of_failures, functions = contract.wrong_failures()
    if not configuration.health_schema:
        check.notes.append("The body was not examined: [tool.verification] has no health_schema.")
    check.notes.append(f"Functions of the view that were made to fail: {', '.join(functions) or 'none'}.")
    check.expect_none([*wrong, *of_failures], "faults of the answers")


def test_probe_contract(
    check: Check, project: HealthSession, configuration: Configuration, health_path: str
) -> None:
    """GET and HEAD of a probe get 200, a length and no cookie, even on a site that redirects to https.

    Without the policy ``health-any-site`` the servers are open; the project's own hosts are asked in a process beside.
    """
    any_site = "health-any-site" in configuration.policies
    wrong = [
        f"{site}: {line}"
        for site, web in {"as configured": project.web, "strict site": project.strict_site}.items()
        for line in probe_contract.wrong_answers(web, health_path, length=any_site)
    ]
    if not any_site:
        with Contract(configuration, project.variables) as contract:
            wrong += contract.wrong_as_configured()
    check.expect_none(wrong, "answers that mislead a probe")


def test_methods(check: Check, configuration: Configuration, request: pytest.FixtureRequest) -> None:
    """Methods other than GET and HEAD are answered 405 with Allow: GET, HEAD."""
    need_health(configuration)
    need_policy(configuration, "health-methods")
    project, health_path = request.getfixturevalue("project"), configuration.health_path
    wrong = list(probe_contract.wrong_methods(project.web, health_path))
    check.expect_none(wrong, "methods answered wrongly")


def test_log_noise(check: Check, configuration: Configuration, request: pytest.FixtureRequest) -> None:
    """Successful probes leave no line in the log; a path that only begins like theirs does, also with 200."""
    need_health(configuration)
    need_policy(configuration, "health-quiet")
    project, health_path = request.getfixturevalue("project"), configuration.health_path
    wrong, logs_requests = probe_contract.log_noise(project.web, health_path, probes=50)
    of_answered, _ = probe_contract.log_noise(
        project.strict_site, health_path, probes=1, answer_word=project.answer_word
    )
    if not logs_requests:
        check.notes.append("This server logs no requests at all, so a missing line says nothing.")
    check.expect_none([*wrong, *of_answered], "faults of the log")
