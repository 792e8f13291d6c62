"""What each group of checks needs, and whether the project has it: the second table of ``doctor``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..command_line import PACKAGE
from ..errors import CannotRun
from ..project.configuration import Configuration, load
from ..suite import applicability
from ..suite.gate import NotApplicable

_CHECKS: Final[Mapping[str, tuple[str, str]]] = {
    "settings": ("all", f"run python -m {PACKAGE} init"),
    "health": ("health.*", 'name the path that probes request: health_path = "/health"'),
    "health_view": ("health.view_latency", 'name the view: health_view = "mysite.views.health"'),
    "load": (
        "health.saturated and others under load",
        "describe one, see docs/adopting.md",
    ),
    "celery": (
        "transport.processes of worker and beat",
        'write celery_app = "mysite.celery:app", if there is one',
    ),
    "readme": ("environment.*", "write the table, or name the file as readme"),
    "deployment_files": ("environment.in_deployment_files", "nothing to do, if it needs none"),
    "tls": ("transport.*", "name them in [tool.verification.database_environment], see docs/adopting.md"),
}
"""Subject -> the checks that need it, and what to do without it."""


@dataclass(frozen=True)
class Subject:
    """One subject of checks."""

    subject: str
    there: bool
    required: bool
    checks: str
    advice: str


def missing(root: Path) -> list[Subject]:
    """Return every subject that can be told without a server. Raises ``CannotRun`` for a wrong pyproject.toml."""
    configuration = load(root)
    return [_subject(configuration, subject, checks, advice) for subject, (checks, advice) in _CHECKS.items()]


def _subject(configuration: Configuration, subject: str, checks: str, advice: str) -> Subject:
    required = subject in configuration.require
    try:
        _ask(configuration, subject)
    except (NotApplicable, CannotRun) as reason:
        return Subject(subject, False, required, checks, f"{reason}; {advice}")
    return Subject(subject, True, required, checks, "")


def _ask(configuration: Configuration, subject: str) -> None:
    asked: dict[str, Callable[[Configuration], None]] = {
        "settings": applicability.need_settings,
        "health": applicability.need_health,
        "readme": applicability.need_readme,
        "deployment_files": applicability.need_deployment_files,
        "tls": applicability.need_tls,
    }
    if subject in asked:
        asked[subject](configuration)
        return
    named = {
        "health_view": configuration.health_view,
        "load": configuration.load,
        "celery": configuration.celery_app,
    }
    applicability.need(configuration, subject, exists=bool(named[subject]))
