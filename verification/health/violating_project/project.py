"""The guilty project as a configuration: the harness treats it like any other."""

from pathlib import Path
from typing import Final

from verification.health.detectors.violations import INNOCENT, Offence
from verification.project.configuration import Configuration

PATHS: Final = {str(subject): f"/{subject}" for subject in (INNOCENT, *Offence)}
"""Subject -> path: the innocent view and one for each offence."""


def configuration() -> Configuration:
    """Describe the guilty project; it needs no file of its own outside the harness."""
    names = ("name", "user", "password", "host", "port")
    return Configuration(
        root=Path(__file__).parent,
        settings="verification.health.violating_project.settings",
        wsgi="verification.health.violating_project.wsgi:application",
        health_path=f"/{INNOCENT}",
        generated_secrets=("GUILTY_SECRET_KEY",),
        database_environment={keyword: f"GUILTY_{keyword.upper()}" for keyword in names},
        # The offence that resolves a name must not wait for a name server that is not there.
        environment={"RES_OPTIONS": "timeout:1 attempts:1"},
    )
