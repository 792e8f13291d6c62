"""What a probe relies on in the answers of the health endpoint, and in the log of its server."""

from verification.health import probe_contract
from verification.health.detectors.session import HealthSession
from verification.report.result import Check


def test_probe_contract(check: Check, project: HealthSession, health_path: str) -> None:
    """GET and HEAD of a probe get 200, a length and no cookie, even on a site that redirects to https."""
    wrong = [
        f"{site}: {line}"
        for site, web in {"as configured": project.web, "strict site": project.strict_site}.items()
        for line in probe_contract.wrong_answers(web, health_path)
    ]
    check.expect_none(wrong, "answers that mislead a probe")


def test_methods(check: Check, project: HealthSession, health_path: str) -> None:
    """Methods other than GET and HEAD are answered 405 with Allow: GET, HEAD."""
    wrong = list(probe_contract.wrong_methods(project.web, health_path))
    check.expect_none(wrong, "methods answered wrongly")


def test_log_noise(check: Check, project: HealthSession, health_path: str) -> None:
    """Successful probes leave no line in the log; a path that only begins like theirs does."""
    wrong, logs_requests = probe_contract.log_noise(project.web, health_path, probes=50)
    if not logs_requests:
        check.notes.append("This server logs no requests at all, so a missing line says nothing.")
    check.expect_none(wrong, "faults of the log")
