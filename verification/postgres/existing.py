"""A server that the harness did not start, named by a DSN: only databases of this run in it are touched."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from ..errors import CannotRun
from ..processes import cleanup
from ..processes.identity import ProcessIdentity
from . import binaries, client_programs, driver, dsn
from .driver import Connection
from .server import Database, Server, identifier

PREFIX: Final = "verification_"
"""What the name of every database of the harness starts with."""


class ExistingServer(Server):
    """A server that the harness neither starts nor stops nor configures."""

    provider = "existing"

    def __init__(self, parameters: Mapping[str, str], connection: Connection) -> None:
        """Take host, port and version from libpq; ``launch`` makes the connection."""
        info = connection.info
        self._parameters = dict(parameters)
        self.url_parameters = {
            name: value
            for name, value in parameters.items()
            if name not in {"host", "port", "user", "password", "dbname"}
        }
        self.host = parameters.get("host") or info.host
        self.port = info.port
        self.user = info.user
        self.password = info.password or ""
        self.version = str(info.parameter_status("server_version")).split()[0]
        self._created: set[str] = set()
        cleanup.register(self)

    @classmethod
    def launch(cls, dsn_text: str, *, major: int | None = None, tls: bool = False) -> Self:
        """Connect to the server of a DSN (URL or keywords).

        Raises ``CannotRun`` if there is no connection, no TLS where ``tls`` asks for it, another major version,
        or a role that may not create databases.
        """
        parameters = dsn.parse(dsn_text)
        connection = dsn.connect(dsn.with_tls(parameters) if tls else parameters)
        try:
            server = cls(parameters, connection)
            server._require_usable(connection, major)
            server._remove_stale(connection)
        finally:
            connection.close()
        return server

    def create_database(self, name: str | None = None, *, template: str | None = None) -> Database:
        """Create a database; a name without the harness's prefix gets it (see ``name`` of the result)."""
        if name is not None and not name.startswith(PREFIX):
            name = PREFIX + name
        database = super().create_database(name, template=template)
        self._created.add(database.name)
        owner = str(ProcessIdentity.current()).replace("'", "''")
        self._maintain(f"COMMENT ON DATABASE {identifier(database.name)} IS '{owner}'")
        return database

    def drop_database(self, name: str) -> None:
        """Drop a database that this run created. Raises ``CannotRun`` for any other."""
        name = name if name.startswith(PREFIX) else PREFIX + name
        if name not in self._created:
            raise CannotRun(
                f"existing: database {name!r} was not created by this run", "drop it yourself if it may go"
            )
        super().drop_database(name)
        self._created.discard(name)

    def close(self) -> None:
        """Drop the databases of this run. May be called twice. Raises ``CannotRun`` if one cannot be dropped."""
        try:
            for name in sorted(self._created):
                try:
                    self.drop_database(name)
                except driver.Error as error:
                    raise CannotRun(
                        f"existing {self.address}: database {name} of this run could not be dropped "
                        f"({binaries.last_line(str(error))})",
                        "drop it yourself",
                    ) from None
        finally:
            # Unregister even if that failed, so that the clean-up at the exit does not report it again.
            cleanup.forget(self)

    def client_variables(self) -> dict[str, str]:
        """Return the variables with which client programs find this server."""
        return super().client_variables() | dsn.program_variables(self.url_parameters)

    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of this machine, of the server's version or a newer one."""
        programs = client_programs.nearest(name, self.major, f"existing {self.address}")
        variables = self.client_variables()
        return self.tool_output(
            name, *client_programs.run(programs, name, arguments, variables=variables, stdin=stdin)
        )

    def _connect_for_maintenance(self) -> Connection:
        return dsn.connect(self._parameters)

    def _require_usable(self, connection: Connection, major: int | None) -> None:
        if major not in (None, self.major):
            raise CannotRun(
                f"existing {self.address}: this is PostgreSQL {self.version}, not {major}",
                "omit --postgres or name another server",
            )
        query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        if not _rows(connection, query)[0][0]:
            raise CannotRun(
                f"existing {self.address}: role {self.user!r} may not create databases",
                "have its administrator run ALTER ROLE ... CREATEDB, or name another role",
            )

    def _remove_stale(self, connection: Connection) -> None:
        """Drop the databases of dead runs on this machine; a comment on each names its run."""
        query = "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname ~ %s"
        for name, comment in _rows(connection, query, [f"^{PREFIX}"]):
            owner = ProcessIdentity.parse(comment or "")
            if owner is not None and owner.is_dead():
                super().drop_database(name)


def _rows(connection: Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
