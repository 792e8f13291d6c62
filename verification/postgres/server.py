"""A running PostgreSQL server: the interface of every provider."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, Self

from ..errors import CannotRun
from . import driver, url
from .driver import Connection

if TYPE_CHECKING:
    from .tls import Authority

CONNECT_SECONDS: Final = 10
"""How long a server of the harness may take to answer a connection."""
STATEMENT_SECONDS: Final = 600
"""How long one statement of the harness may take on its own server; PostgreSQL cancels it then."""


def masked(text: str, secret: str | None) -> str:
    """Return a message with the password replaced by ``***``."""
    return text.replace(secret, "***") if secret else text


def identifier(name: str) -> str:
    """Return a name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Database:
    """One database in a server."""

    server: "Server" = field(repr=False)
    name: str

    @property
    def url(self) -> str:
        """Its ``postgresql://`` URL with the password: never log it."""
        return self.server.url(self.name)

    def connect(self) -> Connection:
        """Return a connection in autocommit mode, which the caller closes."""
        connection: Connection = driver.connect(self.url, connect_timeout=CONNECT_SECONDS)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
        return connection

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement on a connection of its own and return its rows (none for DDL)."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()


class Server(ABC):
    """A running server. ``with server:`` closes it at the end.

    What a server can do is in ``can_stop`` and ``can_configure``; other requests raise ``CannotRun``.
    """

    provider: str
    """"container", "embedded" or "existing"; for messages only."""
    can_stop: ClassVar[bool] = False
    """Whether ``stop`` and ``start`` work."""
    can_configure: ClassVar[bool] = False
    """Whether ``configure`` and ``log`` work."""
    host: str
    port: int
    user: str
    password: str
    authority: "Authority | None" = None
    """The authority of its certificates; None: it has no TLS, or certificates that the harness did not issue."""
    url_parameters: Mapping[str, str] = {}
    """libpq keywords that every URL of this server needs."""

    def url(self, database: str = "postgres", **parameters: str) -> str:
        """Return a ``postgresql://`` URL with the password; parameters are libpq keywords (sslmode=...)."""
        return url.build(
            user=self.user,
            password=self.password,
            host=self.host,
            port=self.port,
            database=database,
            parameters={**self.url_parameters, **parameters},
        )

    @property
    def address(self) -> str:
        """Host and port, without credentials."""
        return f"{self.host}:{self.port}"

    @cached_property
    def version(self) -> str:
        """The version that it reports, such as ``17.10``."""
        return str(Database(self, "postgres").execute("SHOW server_version")[0][0]).split()[0]

    @property
    def major(self) -> int:
        """The major version, such as 17."""
        return int(self.version.split(".")[0])

    def create_database(self, name: str | None = None, *, template: str | None = None) -> Database:
        """Create a database, a copy of ``template`` if one is named (nobody may be connected to that)."""
        name = name or f"verification_{secrets.token_hex(6)}"
        clone = f" TEMPLATE {identifier(template)}" if template else ""
        self._maintain(f"CREATE DATABASE {identifier(name)}{clone}")
        return Database(self, name)

    def drop_database(self, name: str) -> None:
        """Drop a database and end the connections to it; one that does not exist is no error."""
        self._maintain(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")

    @contextmanager
    def database(self, name: str | None = None, *, template: str | None = None) -> Iterator[Database]:
        """Create a database, and drop it at the end of the ``with`` block."""
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
        """Return an autocommit connection for CREATE and DROP DATABASE."""
        return Database(self, "postgres").connect()

    def client_variables(self) -> dict[str, str]:
        """Return the variables with which client programs find this server (PGHOST, PGPASSWORD ...)."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": "postgres",
        }

    def tool_output(self, name: str, status: int, output: bytes, errors: bytes) -> bytes:
        """Return a program's output. Raises ``CannotRun`` with its first error, else its last line, if it failed."""
        if status == 0:
            return output
        lines = masked(errors.decode(errors="replace"), self.password).strip().splitlines()
        lines = [line for line in lines if "error:" in line.lower()][:1] or lines
        reason = lines[-1].strip() if lines else f"status {status}, no message"
        if not reason.startswith(f"{name}:"):
            reason = f"{name}: {reason}"
        raise CannotRun(f"{self.provider} {self.address}: {reason}")

    def start(self) -> None:
        """Start it again on the same port after ``stop``."""
        self._refuse("started")

    def stop(self) -> None:
        """Stop it and keep its data; ``close`` also removes them."""
        self._refuse("stopped")

    @abstractmethod
    def close(self) -> None:
        """Stop it and remove all that the harness created. May be called twice."""

    def configure(
        self,
        parameters: Mapping[str, str],
        *,
        hba: Sequence[str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Restart it with these settings, which replace those of an earlier call; files are kept.

        ``parameters``: as in postgresql.conf; ``hba``: all lines of pg_hba.conf (None: the usual ones);
        ``files``: name in the data directory -> content, written with mode 0600. Raises ``CannotRun`` with the
        server's message if it does not start with them; it is then stopped, and another ``configure`` starts it.
        """
        del parameters, hba, files
        self._refuse("configured")

    def log(self) -> str:
        """What the server has logged since it was first started."""
        self._refuse("asked for its log")

    @abstractmethod
    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program (``pg_dump``, ``psql``) connected to this server and return its standard output.

        Raises ``CannotRun`` with its last line of error if it failed.
        """

    @contextmanager
    def file_for_tools(self, path: Path) -> Iterator[str]:
        """Give the path at which client programs of this server find a file or folder of this machine."""
        yield str(path.absolute())

    def _refuse(self, what: str) -> NoReturn:
        raise CannotRun(
            f"{self.provider} {self.address}: a server that the harness did not start is not {what}",
            "use --provider embedded or container",
        )

    def __enter__(self) -> Self:
        """Return the server, which runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
