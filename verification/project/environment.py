"""The environment variables of the project's processes."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..postgres.server import Database
from .configuration import Configuration

HARNESS: Final = str(Path(__file__).resolve().parents[2])
"""The folder that holds this package; a process of the project finds it there, wherever the project is."""
KEPT: Final[Sequence[str]] = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""Variables that a process needs in any project."""
TLS_KEYWORDS: Final = ("sslmode", "sslcert", "sslkey", "sslrootcert")


def clean_environment(configuration: Configuration) -> dict[str, str]:
    """Return what every process of the project needs, without the other variables of this process."""
    return _with_harness(
        configuration.variables({name: os.environ[name] for name in KEPT if name in os.environ})
    )


def environment(configuration: Configuration, database: Database | None) -> dict[str, str]:
    """Return this process's variables with the project's own added; its default database is ``database``.

    The project's TLS variables are removed: in this process they belong to another server. Without a
    database all variables of the database are removed, and the project does what it does without them.
    """
    variables = configuration.variables()
    names = configuration.database_environment
    for keyword in ("name", "user", "password", "host", "port", *TLS_KEYWORDS):
        variables.pop(names.get(keyword, ""), None)
    if database is not None:
        variables |= database_variables(configuration, database)
    return _with_harness(variables)


def database_variables(configuration: Configuration, database: Database, **tls: str) -> dict[str, str]:
    """Return the project's variables for ``database``.

    ``tls`` has libpq keywords (``sslmode``, ``sslrootcert`` ...). Keywords for which the project has no
    variable are left out.
    """
    server = database.server
    values = {
        "name": database.name,
        "user": server.user,
        "password": server.password,
        "host": server.host,
        "port": str(server.port),
        **tls,
    }
    names = configuration.database_environment
    return {names[keyword]: value for keyword, value in values.items() if keyword in names}


def _with_harness(variables: dict[str, str]) -> dict[str, str]:
    folders = filter(None, (variables.get("PYTHONPATH"), HARNESS))
    return {**variables, "PYTHONPATH": os.pathsep.join(folders)}
