"""URLs of databases, which may contain a password: build one, show one without it, refuse an unclear one."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from ..errors import CannotRun
from . import driver

FORM: Final = "postgresql://USER:PASSWORD@HOST:PORT/NAME"


def build(
    *, user: str, password: str, host: str, port: int, database: str, parameters: Mapping[str, str]
) -> str:
    """Return a ``postgresql://`` URL that libpq understands. ``host`` may be a folder or a list of hosts."""
    secret = f":{quote(password, safe='')}" if password else ""
    shown_host = f"[{host}]" if ":" in host else quote(host, safe=",")
    query = urlencode(parameters, quote_via=quote)
    return (
        f"postgresql://{quote(user, safe='')}{secret}@{shown_host}:{port}/{quote(database, safe='')}"
        f"{'?' if query else ''}{query}"
    )


def address(url: str) -> str:
    """Return host, port and name of a database, without credentials, for a message."""
    _, rest = _split(url)
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname or "local", parts.port
    except ValueError:
        return "the database"
    return f"{host}{f':{port}' if port else ''}{parts.path}"


def refuse_unclear(url: str) -> None:
    """Raise ``CannotRun`` for a URL of which libpq would take a part of the password for something else.

    libpq would show that part in its error. What follows the credentials that libpq finds contains no ``@``:
    with one, the password may end there instead.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    _, rest = _split(url)
    if "@" in rest:
        raise CannotRun(
            "it is not clear where the URL's password ends",
            f"write {FORM}, with @ as %40 and / as %2F in the password, and @ as %40 in a parameter",
        )


def connect(url: str, **options: Any) -> Any:
    """Return an open connection. Raises ``CannotRun`` for an unclear URL, and what the driver raises."""
    refuse_unclear(url)
    try:
        return driver.connect(url, **options)
    except (driver.ProgrammingError, UnicodeError):
        # libpq's message repeats parts of the URL, which may be the password.
        raise CannotRun("the URL is none that libpq understands", f"write {FORM}[?PARAMETER=VALUE]") from None


def _split(url: str) -> tuple[str, str]:
    """Return the credentials and the rest, as libpq splits them: at the first ``@`` without a ``/`` before it."""
    rest = url.partition("://")[2]
    before, at, after = rest.partition("@")
    return (before, after) if at and "/" not in before else ("", rest)
