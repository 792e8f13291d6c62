"""The DSN of an existing server: a URL or libpq keywords, taken apart and connected to without showing a password."""

from collections.abc import Mapping
from typing import Any, Final

from ..errors import CannotRun
from . import driver
from .driver import Connection
from .server import masked
from .url import FORM, refuse_unclear

_CONNECT_SECONDS: Final = 5
_VARIABLES: Final = {
    "options": "PGOPTIONS",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
}
"""libpq's keyword -> its variable, for the parameters of a DSN that client programs need as well."""


def parse(dsn: str) -> dict[str, str]:
    """Return the keywords of a DSN. Raises ``CannotRun`` if libpq does not understand it or it is unclear."""
    if "://" in dsn:
        refuse_unclear(dsn)
    try:
        return dict(driver.parse_dsn(dsn))
    except driver.ProgrammingError:
        # libpq's message repeats parts of the text, which may be the password.
        raise CannotRun("the DSN is neither a URL nor libpq keywords", f"write {FORM}") from None


def connect(parameters: Mapping[str, str]) -> Connection:
    """Return a connection in autocommit mode. Raises ``CannotRun`` with libpq's reason if there is none."""
    keywords: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "dbname": "postgres", **parameters}
    try:
        connection: Connection = driver.connect(**keywords)
    except driver.OperationalError as error:
        where = f"{parameters.get('host', 'the local server')}:{parameters.get('port', '5432')}"
        # The first line is the cause; libpq's advice and what it tried follow.
        cause = masked(str(error), parameters.get("password")).strip().partition("\n")[0]
        raise CannotRun(
            f"no connection to {where} ({cause})",
            "see that the server runs and the DSN is right, or use --provider embedded",
        ) from None
    connection.autocommit = True
    return connection


def with_tls(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the keywords with an sslmode of at least ``require``."""
    mode = parameters.get("sslmode", "")
    return {**parameters, "sslmode": mode if mode.startswith("verify-") else "require"}


def program_variables(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which client programs get parameters that are not host, port, user or password."""
    return {
        variable: parameters[keyword] for keyword, variable in _VARIABLES.items() if keyword in parameters
    }
