"""The settings of the project under verification, in this process, with its database on a server of the harness."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..errors import CannotRun
from .configuration import Configuration
from .settings_changes import replaced_database

if TYPE_CHECKING:
    from ..postgres.server import Database

NOT_STARTED: Final = {
    "name": "verification",
    "user": "verification",
    "password": "not-started",
    "host": "127.0.0.1",
    "port": "1",
    "url": "postgresql://verification:not-started@127.0.0.1:1/verification",
}
"""The database's variables while no server runs: nothing listens on port 1, so nothing else is reached."""


class ProjectSettings:
    """Loads the settings once; the database can follow later, when it is first needed."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._database: Database | None = None

    def load(self, *, placeholder: bool) -> None:
        """Make this process one of the project's and load its settings.

        With ``placeholder`` the settings see a PostgreSQL database, as in production, that is not there yet;
        else they see the project's own. Raises ``CannotRun`` if they do not load.
        """
        self.configuration.enter()
        if not self.configuration.settings:
            return
        if placeholder:
            names = self.configuration.database_environment
            os.environ.update({names[key]: value for key, value in NOT_STARTED.items() if key in names})
        from django.conf import settings

        try:
            databases = settings.DATABASES
        except (Exception, SystemExit) as error:  # noqa: BLE001 - settings are any code
            raise CannotRun(
                f"settings module {self.configuration.settings}: {_in_words(error)}", "fix the settings"
            ) from None
        if placeholder:
            self._change(
                databases, {key.upper(): value for key, value in NOT_STARTED.items() if key != "url"}
            )
            if "health-any-site" not in self.configuration.policies:
                settings.ALLOWED_HOSTS = ["*"]
                settings.SECURE_SSL_REDIRECT = False

    def _change(self, databases: dict[str, Any], connection: Mapping[str, str]) -> None:
        """Put the default database there, and all of them where no variable of the project names it.

        In place: Django's connections hold the same dictionaries.
        """
        databases.setdefault("default", {})
        for alias in ["default"] if self.configuration.database_is_named else list(databases):
            changed = replaced_database(databases[alias], connection)
            databases[alias].clear()
            databases[alias].update(changed)

    def start_apps(self, set_up: Callable[[], None]) -> None:
        """Set Django up by this function. Raises ``CannotRun`` if an app does not load."""
        try:
            set_up()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - apps are any code
            raise CannotRun(
                f"the project's apps do not load: {_in_words(error)}", "see that manage.py check runs"
            ) from None

    def use_database(self, database: "Database") -> None:
        """Make ``database`` the project's default database, in the settings and in the variables."""
        if database is self._database or not self.configuration.settings:
            return
        from django.conf import settings

        from .environment import connection_settings, database_variables

        self._database = database
        os.environ.update(database_variables(self.configuration, database))
        self._change(settings.DATABASES, connection_settings(database))


def _in_words(error: BaseException) -> str:
    """Return the error in one line, with its place when it is one of syntax."""
    if isinstance(error, SyntaxError):
        return f"{error.msg} ({error.filename}, line {error.lineno})"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if not isinstance(error, ImportError) else text
