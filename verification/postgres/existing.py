"""A server that somebody else keeps, named by a DSN: only our own databases in it are touched."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, Self
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class with a lower-case name
from psycopg2.extensions import parse_dsn

from verification.errors import CannotRun
from verification.postgres import binaries
from verification.postgres.server import Database, Server, identifier, masked
from verification.postgres.url import FORM, refuse_unclear
from verification.processes import cleanup
from verification.processes.identity import ProcessIdentity

PREFIX: Final = "verification_"
"""What the name of every database of ours starts with."""
_CONNECT_SECONDS: Final = 5
_VARIABLES: Final = {
    "options": "PGOPTIONS",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
}
"""libpq's keyword -> its variable, for the parameters of a DSN that a program needs as well."""


class ExistingServer(Server):
    """A server that was there before us and stays after us."""

    provider = "existing"
    can_stop = False
    can_configure = False

    def __init__(self, parameters: Mapping[str, str], connection: Connection) -> None:
        """Take over what libpq found out about the server; ``launch`` connects."""
        info = connection.info
        self._parameters = dict(parameters)
        self._extra = {
            name: value
            for name, value in parameters.items()
            if name not in {"host", "port", "user", "password", "dbname"}
        }
        self.host = parameters.get("host") or info.host
        self.port = info.port
        self.user = info.user
        self.password = info.password or ""
        self.version = str(connection.get_parameter_status("server_version")).split()[0]
        self._made: set[str] = set()
        cleanup.register(self)

    @classmethod
    def launch(cls, dsn: str, *, major: int | None = None, tls: bool = False) -> Self:
        """Connect to the server of a DSN (URL or keywords); ``CannotRun`` when it is not fit."""
        parameters = _parse(dsn)
        connection = _connect(parameters | ({"sslmode": _at_least_require(parameters)} if tls else {}))
        try:
            server = cls(parameters, connection)
            server._must_fit(connection, major)
            server._remove_stale(connection)
        finally:
            connection.close()
        return server

    def url(self, database: str = "postgres", **parameters: str) -> str:
        """Give a URL with all that the DSN says, for another of its databases."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe=",")
        query = urlencode({**self._extra, **parameters}, quote_via=quote)
        return (
            f"postgresql://{quote(self.user, safe='')}{secret}@{host}:{self.port}/{quote(database, safe='')}"
            f"{'?' if query else ''}{query}"
        )

    @property
    def own_connection_parameters(self) -> dict[str, str]:
        """None: the DSN says how to connect."""
        return {}

    def create_database(self, name: str | None = None, *, template: str | None = None) -> Database:
        """Create a database of ours; a name without our prefix gets it (see the result's ``name``)."""
        if name is not None and not name.startswith(PREFIX):
            name = PREFIX + name
        database = super().create_database(name, template=template)
        self._made.add(database.name)
        self._maintain(f"COMMENT ON DATABASE {identifier(database.name)} IS '{ProcessIdentity.current()}'")
        return database

    def drop_database(self, name: str) -> None:
        """Drop a database that this run made; ``CannotRun`` for any other."""
        name = name if name.startswith(PREFIX) else PREFIX + name
        if name not in self._made:
            raise CannotRun(
                f"existing: database {name!r} was not made by this run and stays; drop it yourself"
            )
        super().drop_database(name)
        self._made.discard(name)

    def start(self) -> None:
        """Refuse: the server is not ours."""
        self._refuse("started")

    def stop(self) -> None:
        """Refuse: the server is not ours."""
        self._refuse("stopped")

    def configure(
        self,
        parameters: Mapping[str, str],  # noqa: ARG002 - the interface's
        *,
        hba: Sequence[str] | None = None,  # noqa: ARG002
        files: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse: the server is not ours."""
        self._refuse("reconfigured")

    def close(self) -> None:
        """Drop our databases; the server runs on. May be called twice."""
        try:
            for name in sorted(self._made):
                try:
                    self.drop_database(name)
                except psycopg2.Error as error:
                    raise CannotRun(
                        f"existing {self.address}: our database {name} could not be dropped "
                        f"({binaries.last_line(str(error))}); drop it yourself"
                    ) from None
        finally:
            # What cannot be dropped now is said now, and not once more at the exit.
            cleanup.forget(self)

    def client_variables(self) -> dict[str, str]:
        """Give the variables with which libpq's programs find this server, as the DSN has it."""
        return super().client_variables() | {
            variable: self._extra[keyword]
            for keyword, variable in _VARIABLES.items()
            if keyword in self._extra
        }

    def log(self) -> str:
        """Refuse: its log is its keeper's."""
        raise CannotRun("existing: the log of a server that somebody else keeps is not read; ask its keeper")

    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of this machine, of the server's version or a newer one."""
        fitting = [each for each in binaries.installations() if each.major >= self.major]
        if not fitting:
            raise CannotRun(
                f"existing {self.address}: no {name} of PostgreSQL {self.major} or newer on this machine; "
                "install the client programs of that version"
            )
        nearest = min(fitting, key=lambda each: each.major)
        done = subprocess.run(
            [nearest.program(name), *arguments],
            input=b"" if stdin is None else stdin,
            capture_output=True,
            env=binaries.environment(self.client_variables()),
            check=False,
        )
        return self.tool_output(name, done.returncode, done.stdout, done.stderr)

    def _connect_for_maintenance(self) -> Connection:
        return _connect(self._parameters)

    def _must_fit(self, connection: Connection, major: int | None) -> None:
        if major not in (None, self.major):
            raise CannotRun(
                f"existing {self.address}: this is PostgreSQL {self.version}, not {major}; "
                "leave --postgres away or name another server"
            )
        rows = _rows(connection, "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not rows[0][0]:
            raise CannotRun(
                f"existing {self.address}: role {self.user!r} may not create databases; "
                f"let the keeper run ALTER ROLE ... CREATEDB or name another role"
            )

    def _remove_stale(self, connection: Connection) -> None:
        """Drop the databases of runs on this machine that died; their comment says whose they are."""
        query = "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname ~ %s"
        for name, comment in _rows(connection, query, [f"^{PREFIX}"]):
            left_by = ProcessIdentity.parse(comment or "")
            if left_by is not None and left_by.is_dead():
                super().drop_database(name)

    def _refuse(self, what: str) -> NoReturn:
        raise CannotRun(
            f"existing: a server that somebody else keeps is not {what}; "
            "use --provider embedded or container for this check"
        )


def _parse(dsn: str) -> dict[str, str]:
    if "://" in dsn:
        refuse_unclear(dsn)
    try:
        return dict(parse_dsn(dsn))
    except psycopg2.ProgrammingError:
        # libpq's message repeats parts of the text, which may be the password.
        raise CannotRun(f"existing: the DSN is neither a URL nor libpq keywords; write {FORM}") from None


def _connect(parameters: Mapping[str, str]) -> Connection:
    keywords: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "dbname": "postgres", **parameters}
    try:
        connection: Connection = psycopg2.connect(**keywords)
    except psycopg2.OperationalError as error:
        where = f"{parameters.get('host', 'the local server')}:{parameters.get('port', '5432')}"
        # The first line is the cause; libpq adds advice and what it tried after it.
        said = masked(str(error), parameters.get("password")).strip().partition("\n")[0]
        raise CannotRun(
            f"existing: no connection to {where} ({said}); see that it runs, that the DSN is right, "
            "or use --provider embedded"
        ) from None
    connection.autocommit = True
    return connection


def _at_least_require(parameters: Mapping[str, str]) -> str:
    asked = parameters.get("sslmode", "")
    return asked if asked.startswith("verify-") else "require"


def _rows(connection: Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
