"""The configuration of the violating project: the harness treats it like any other."""

from pathlib import Path
from typing import Final

from ...project.configuration import Configuration
from ...project.environment import HARNESS
from ..detectors.violations import CLEAN, Violation

PATHS: Final = {str(subject): f"/{subject}" for subject in (CLEAN, *Violation)}
"""Subject -> path: the clean view and one for each violation."""


def configuration(like: Configuration | None = None) -> Configuration:
    """Return the configuration; the project needs no file outside of the harness.

    ``like``: a project whose kind of server serves this one too.
    """
    asgi = bool(like and like.asgi)
    names = ("name", "user", "password", "host", "port")
    return Configuration(
        root=Path(HARNESS),  # not within a package: granian would take its modules for parts of that one
        settings=f"{__package__}.settings",
        wsgi=f"{__package__}.wsgi:application",
        asgi=f"{__package__}.wsgi:asgi_application" if asgi else "",
        server=like.server if like else "",
        policies=("health-any-site",),
        health_path=f"/{CLEAN}",
        generated_secrets=("VIOLATING_SECRET_KEY",),
        database_environment={keyword: f"VIOLATING_{keyword.upper()}" for keyword in names},
        # The view that resolves a name must not wait for a name server that does not answer.
        # Its gunicorn reads no gunicorn.conf.py that lies in the working directory: that is the project's.
        environment={
            "RES_OPTIONS": "timeout:1 attempts:1",
            "GUNICORN_CMD_ARGS": f"--config python:{__package__}",
        },
    )
