"""Whether a check applies to the project: does its subject exist, and has the project made its promise."""

from importlib.util import find_spec

from ..environment import deployment, readme
from ..errors import CannotRun
from ..project.configuration import Configuration
from ..project.http_servers import server_of
from ..project.subjects import POLICIES, SUBJECTS
from ..transport.project_connections import names_tls
from .gate import NotApplicable


def need(configuration: Configuration, subject: str, *, exists: bool, lacks: str = "") -> None:
    """Raise ``NotApplicable`` if the subject does not exist; ``CannotRun`` if the project requires it.

    ``lacks``: what is missing, in place of the general sentence about the subject.
    """
    if exists:
        return
    what = SUBJECTS[subject].removeprefix("a ").removeprefix("an ")
    reason = lacks or f"the project {'names' if '(' in what else 'has'} no {what}"
    if subject in configuration.require:
        raise CannotRun(f"{reason}; pyproject.toml requires {subject!r}", "add it, or remove it from require")
    raise NotApplicable(reason)


def need_policy(configuration: Configuration, policy: str) -> None:
    """Raise ``NotApplicable`` unless the project promises this."""
    if policy not in configuration.policies:
        raise NotApplicable(
            f"the project does not promise that {POLICIES[policy]}; policies has no {policy!r}"
        )


def need_settings(configuration: Configuration) -> None:
    """Ask for a settings module."""
    need(configuration, "settings", exists=bool(configuration.settings))


def need_health(configuration: Configuration) -> None:
    """Ask for a health path, and for a server that answers it."""
    need(configuration, "health", exists=bool(configuration.health_path))
    need(
        configuration,
        "server",
        exists=bool(configuration.application),
        lacks="the project names no wsgi and no asgi",
    )
    server = server_of(configuration)
    need(
        configuration,
        "server",
        exists=find_spec(server) is not None,
        lacks=f"{server} is not installed in this Python, so no production server can be started",
    )


def need_readme(configuration: Configuration) -> None:
    """Ask for settings whose file is known, and a README with an environment table."""
    need_settings(configuration)
    need(
        configuration,
        "readme",
        exists=readme.has_table(configuration.path(configuration.readme)),
        lacks=f"{configuration.readme or 'the README'} has no table of environment variables "
        f"(| {readme.HEADER} |)",
    )


def need_deployment_files(configuration: Configuration) -> None:
    """Ask for files that set variables."""
    need(configuration, "deployment_files", exists=bool(deployment.find(configuration.root)),
         lacks=f"the project has no {SUBJECTS['deployment_files']}")  # fmt: skip


def need_tls(configuration: Configuration) -> None:
    """Ask for the variables of TLS. Some of them without the others are an error elsewhere."""
    need_settings(configuration)
    need(configuration, "tls", exists=names_tls(configuration))
