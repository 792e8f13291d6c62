"""Client programs of PostgreSQL on this machine: pg_dump, psql and others."""

import subprocess
from collections.abc import Mapping, Sequence

from ..errors import CannotRun
from . import binaries
from .binaries import Installation


def run(
    installation: Installation,
    name: str,
    arguments: Sequence[str],
    *,
    variables: Mapping[str, str],
    stdin: bytes | None = None,
) -> tuple[int, bytes, bytes]:
    """Run a program with these variables; return its status, output and errors."""
    done = subprocess.run(
        [installation.program(name), *arguments],
        input=b"" if stdin is None else stdin,
        capture_output=True,
        env=binaries.environment(variables),
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def nearest(name: str, major: int, where: str) -> Installation:
    """Return the oldest installation that is not older than a server: a client may be newer than its server.

    https://www.postgresql.org/docs/current/app-pgdump.html. Raises ``CannotRun`` if there is none; ``where``
    is the server's address for its message.
    """
    candidates = [installation for installation in binaries.installations() if installation.major >= major]
    if not candidates:
        raise CannotRun(
            f"{where}: no {name} of PostgreSQL {major} or newer on this machine",
            "install the client programs of that version",
        )
    return min(candidates, key=lambda installation: installation.major)
