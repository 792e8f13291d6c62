"""What a check needs a project to have, and what a project may promise beyond that.

A check whose subject does not exist is *not applicable*; with the subject in ``require`` it is an error. A check of a
promise applies only to a project that makes it, in ``policies``.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from ..errors import CannotRun

SUBJECTS: Final[Mapping[str, str]] = {
    "settings": "a settings module (settings)",
    "squash": "a squashed migration whose originals are there",
    "history": "an app with more than one migration",
    "server": "a WSGI or ASGI application (wsgi, asgi) and an installed HTTP server for it",
    "health": "a health path (health_path)",
    "health_view": "a health view that is a function (health_view)",
    "load": "a request that waits for another service ([tool.verification.load])",
    "celery": "a Celery application (celery_app)",
    "readme": "a table of environment variables in the README",
    "deployment_files": "files that set variables: .env.example, Dockerfile, compose or Kubernetes files",
    "tls": "variables for TLS to PostgreSQL (sslmode, sslcert, sslkey and sslrootcert in database_environment)",
}
"""Name in ``require`` -> what has to exist, and in brackets the key that names it."""
POLICIES: Final[Mapping[str, str]] = {
    "health-any-site": "the health path is answered whatever the Host header, on a site that redirects to https "
    "and saves every session, with its length and never with a cookie",
    "health-methods": "the health path answers other methods than GET and HEAD with 405 and Allow: GET, HEAD",
    "health-quiet": "successful health check requests leave no line in the log; paths that begin alike do",
    "database-optional": "without the database's variables the settings name no PostgreSQL database",
    "tls-needs-mode": "without a valid sslmode the settings pass no parameter about TLS to libpq",
    "tls-log": "the start-up log says how the connection is secured, and names each variable with a wrong value",
    "tls-checks": "system checks find what libpq ignores: weak modes, files that are missing, open or ending",
}
"""Name in ``policies`` -> what the project then promises."""


def check_names(file: Path, key: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``CannotRun`` for a name that is none."""
    if unknown := [name for name in names if name not in known]:
        raise CannotRun(
            f"{file}: [tool.verification] {key} has {unknown[0]!r}; known: {', '.join(known)}",
            "fix the name",
        )
