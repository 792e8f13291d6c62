"""A running PostgreSQL server, whoever keeps it: what every provider hands out."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Final, Self
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class with a lower-case name

from verification.errors import CannotRun
from verification.postgres.tls import Authority

_CLIENT_FILES: Final = ("sslcert", "sslkey", "sslrootcert", "sslcrl")
_NO_FILE: Final = "/nonexistent"


def masked(text: str, secret: str | None) -> str:
    """Blot a password out of a message."""
    return text.replace(secret, "***") if secret else text


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Database:
    """One database in a server."""

    server: "Server" = field(repr=False)
    name: str

    @property
    def url(self) -> str:
        """Its ``postgresql://`` URL, credentials included: never log it."""
        return self.server.url(self.name)

    def connect(self) -> Connection:
        """Open a psycopg2 connection in autocommit mode; the caller closes it."""
        keywords: dict[str, Any] = {**self.server.own_connection_parameters}
        connection: Connection = psycopg2.connect(self.url, **keywords)
        connection.autocommit = True
        return connection

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement on a connection of its own and give its rows (none for DDL)."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()


class Server(ABC):
    """A running server. ``with server:`` stops it at the end, however that comes."""

    provider: str
    """"container", "embedded" or "existing"; for messages only."""
    can_stop: ClassVar[bool] = True
    """Whether ``stop`` and ``start`` work: the server is the harness's own."""
    can_configure: ClassVar[bool] = True
    """Whether ``configure`` works."""
    host: str
    port: int
    user: str
    password: str
    authority: Authority | None = None
    """Whose certificates the server shows; None: the server has no TLS of ours."""

    def url(self, database: str = "postgres", **parameters: str) -> str:
        """Give a ``postgresql://`` URL with credentials; parameters are libpq's (sslmode=...)."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        credentials = f"{quote(self.user, safe='')}{secret}"
        return f"postgresql://{credentials}@{self.host}:{self.port}/{quote(database, safe='')}{query}"

    @property
    def address(self) -> str:
        """Where it listens, fit for a report: no credentials."""
        return f"{self.host}:{self.port}"

    @cached_property
    def version(self) -> str:
        """Its version as it says itself, such as ``17.10``."""
        return str(Database(self, "postgres").execute("SHOW server_version")[0][0]).split()[0]

    @property
    def major(self) -> int:
        """The major version, such as 17."""
        return int(self.version.split(".")[0])

    def create_database(self, name: str | None = None, *, template: str | None = None) -> Database:
        """Create a database, a clone of ``template`` when one is named (nobody may be connected to it)."""
        name = name or f"verification_{secrets.token_hex(6)}"
        clone = f" TEMPLATE {identifier(template)}" if template else ""
        self._maintain(f"CREATE DATABASE {identifier(name)}{clone}")
        return Database(self, name)

    def drop_database(self, name: str) -> None:
        """Drop a database with whoever is connected to it; one that is gone already is no error."""
        self._maintain(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")

    @contextmanager
    def database(self, name: str | None = None, *, template: str | None = None) -> Iterator[Database]:
        """Keep a database for the length of a ``with`` block."""
        database = self.create_database(name, template=template)
        try:
            yield database
        finally:
            self.drop_database(database.name)

    def _maintain(self, statement: str) -> None:
        connection = self._connect_for_maintenance()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def _connect_for_maintenance(self) -> Connection:
        """Open an autocommit connection for CREATE and DROP DATABASE."""
        return Database(self, "postgres").connect()

    @property
    def own_connection_parameters(self) -> dict[str, str]:
        """libpq keywords of the harness's own connections: nothing in the user's home changes them.

        A file that is named and missing is no error under ``prefer``; one that is not named would
        be looked for in ``~/.postgresql`` (libpq documentation, "SSL Support").
        """
        return {"sslmode": "prefer", "gssencmode": "disable"} | dict.fromkeys(_CLIENT_FILES, _NO_FILE)

    def client_variables(self) -> dict[str, str]:
        """Give the variables with which libpq's programs find this server (PGHOST, PGPASSWORD ...)."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": "postgres",
        }

    def tool_output(self, name: str, status: int, output: bytes, errors: bytes) -> bytes:
        """Give a program's output, or raise ``CannotRun`` with its last line of error."""
        if status == 0:
            return output
        lines = masked(errors.decode(errors="replace"), self.password).strip().splitlines()
        reason = lines[-1].strip() if lines else f"status {status}, no message"
        if not reason.startswith(f"{name}:"):
            reason = f"{name}: {reason}"
        raise CannotRun(f"{self.provider} {self.address}: {reason}")

    @abstractmethod
    def start(self) -> None:
        """Start it again on the same port after ``stop``."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it and keep its data; ``close`` also removes them."""

    @abstractmethod
    def close(self) -> None:
        """Stop it for good and remove all it left on this machine. May be called twice."""

    @abstractmethod
    def configure(
        self,
        parameters: Mapping[str, str],
        *,
        hba: Sequence[str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Restart it with these settings; what an earlier call set is gone, files stay.

        ``parameters``: as in postgresql.conf; ``hba``: all lines of pg_hba.conf (None: the usual ones);
        ``files``: name in the data directory -> content (all written with mode 0600).
        Raises ``CannotRun`` with the server's own words when it does not start with them; it is then
        stopped, and another ``configure`` brings it back.
        """

    @abstractmethod
    def log(self) -> str:
        """What the server has logged since it was first started."""

    @abstractmethod
    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of the server's version (``pg_dump``, ``psql``) with PG* variables set.

        Gives its standard output; raises ``CannotRun`` with its last line of error.
        """

    def __enter__(self) -> Self:
        """Give the server itself: it runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
