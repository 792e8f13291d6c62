"""The environment variables of the project's processes."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..postgres.server import Database
from .configuration import Configuration
from .settings_changes import ADAPTED, DATABASE, OPEN_SITE, PROJECT_SETTINGS

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
    for keyword in ("name", "user", "password", "host", "port", "url", *TLS_KEYWORDS):
        variables.pop(names.get(keyword, ""), None)
    if database is not None:
        variables |= database_variables(configuration, database)
        variables = _adapted(configuration, variables, database)
    return _with_harness(variables)


def moved(configuration: Configuration, variables: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """Return the variables with the database at another address."""
    names = configuration.database_environment
    address = {"host": host, "port": str(port)}
    changed = {names[keyword]: value for keyword, value in address.items() if keyword in names}
    url = names.get("url", "")
    if url in variables:
        parts = urlsplit(variables[url])
        changed[url] = parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@{host}:{port}").geturl()
    if DATABASE in variables:
        entry = json.loads(variables[DATABASE])
        changed[DATABASE] = json.dumps(entry | {key.upper(): value for key, value in address.items()})
    return {**variables, **changed}


def _adapted(configuration: Configuration, variables: dict[str, str], database: Database) -> dict[str, str]:
    """Return the variables with ``verified_settings`` as the settings, where the project's own need a change."""
    changes = {}
    if not configuration.database_is_named:
        changes[DATABASE] = json.dumps(connection_settings(database))
    if "health-any-site" not in configuration.policies:
        changes[OPEN_SITE] = "yes"
    if not changes or not configuration.settings:
        return variables
    module = {PROJECT_SETTINGS: configuration.settings, "DJANGO_SETTINGS_MODULE": ADAPTED}
    return {**variables, **changes, **module}


def connection_settings(database: Database) -> dict[str, str]:
    """Return how the settings name a database."""
    server = database.server
    return {
        "NAME": database.name,
        "USER": server.user,
        "PASSWORD": server.password,
        "HOST": server.host,
        "PORT": str(server.port),
    }


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
        "url": server.url(database.name),
        **tls,
    }
    names = configuration.database_environment
    return {names[keyword]: value for keyword, value in values.items() if keyword in names}


def _with_harness(variables: dict[str, str]) -> dict[str, str]:
    folders = filter(None, (variables.get("PYTHONPATH"), HARNESS))
    return {**variables, "PYTHONPATH": os.pathsep.join(folders)}
