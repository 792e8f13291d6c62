"""Connections through the private Unix socket of an embedded server, for which TLS and access rules do not matter."""

from pathlib import Path

from ..errors import CannotRun
from . import driver
from .binaries import last_line
from .driver import Connection, sql
from .server import CONNECT_SECONDS


def connect(directory: Path, port: int, user: str, password: str) -> Connection:
    """Return a connection in autocommit mode. Raises ``CannotRun`` if the server refuses it."""
    try:
        connection = driver.connect(
            host=str(directory),
            port=port,
            user=user,
            password=password,
            dbname="postgres",
            connect_timeout=CONNECT_SECONDS,
        )
    except driver.OperationalError as error:
        raise CannotRun(
            f"embedded: the server refused the harness's connection: {last_line(str(error))}",
            "stop it and start another one",
        ) from None
    connection.autocommit = True
    return connection


def set_password(connection: Connection, user: str, password: str) -> None:
    """Set the password of a role, hashed here so that the password itself is never in the server's log."""
    verifier = driver.scram_verifier(connection, user, password)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(verifier))
        )
