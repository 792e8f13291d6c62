"""The project under verification, inside this very process: its settings on the harness's server."""

import os

from verification.errors import CannotRun
from verification.postgres.server import Database
from verification.project.configuration import Configuration


def database_variables(configuration: Configuration, database: Database, **tls: str) -> dict[str, str]:
    """Give the project's own variables that lead it to ``database``.

    ``tls`` holds libpq keywords (``sslmode``, ``sslrootcert`` ...). Keywords for which the
    project names no variable are left out.
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


def load_settings(configuration: Configuration, database: Database | None) -> None:
    """Load the project's settings, its default database being ``database`` when one is given.

    The project's own variables are set first, so that its settings see what they would see in
    production; a project that names no variables has the entry replaced afterwards.
    """
    if database is not None:
        os.environ.update(database_variables(configuration, database))
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        databases = settings.DATABASES
    except (ImportError, ImproperlyConfigured) as error:
        raise CannotRun(f"settings module {configuration.settings}: {error}") from None
    if database is None:
        return
    server = database.server
    databases["default"] = {
        **databases.get("default", {}),
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.name,
        "USER": server.user,
        "PASSWORD": server.password,
        "HOST": server.host,
        "PORT": str(server.port),
    }
