"""URLs of databases, which may hold a password: how to speak of one, and which to refuse."""

from typing import Any
from urllib.parse import urlsplit

import psycopg2

from verification.errors import CannotRun

FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"


def address(url: str) -> str:
    """Name a database without its credentials, fit for a message."""
    _, clear = _split(url)
    try:
        parts = urlsplit(f"//{clear}")
        host, port = parts.hostname or "local", parts.port
    except ValueError:
        return "the database"
    return f"{host}{f':{port}' if port else ''}{parts.path}"


def refuse_unclear(url: str) -> None:
    """Refuse a URL of which libpq would take a part of the password for something else, and name it in its error.

    Whatever follows the credentials that libpq finds holds no ``@``: with one, they may have ended there.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    _, clear = _split(url)
    if "@" in clear:
        raise CannotRun(
            f"it is not clear where the URL's password ends; write {FORM}, and in the password @ as %40, "
            "/ as %2F; in a parameter, too, @ is written as %40"
        )


def connect(url: str, **options: Any) -> Any:
    """Open a psycopg2 connection. Raises ``CannotRun`` for a URL that is no clear one, and what psycopg2 raises."""
    refuse_unclear(url)
    try:
        return psycopg2.connect(url, **options)
    except (psycopg2.ProgrammingError, UnicodeError):
        # libpq repeats parts of the URL that it does not take, which may be the password.
        raise CannotRun(f"the URL is none that libpq understands; write {FORM}[?PARAMETER=VALUE]") from None


def _split(url: str) -> tuple[str, str]:
    """Give the credentials and what follows, as libpq tells them apart: by the first ``@`` without a ``/`` before."""
    rest = url.partition("://")[2]
    before, at, after = rest.partition("@")
    return (before, after) if at and "/" not in before else ("", rest)
