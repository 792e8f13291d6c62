"""A server with the TLS configurations of the cases, a user for each access rule, and the clients' files.

It is restarted once, for files and access rules. From case to case it only reloads: all TLS parameters
take effect on reload (https://www.postgresql.org/docs/current/ssl-tcp.html).
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from ..errors import CannotRun
from ..postgres.driver import sql
from ..postgres.server import Database, Server
from ..processes import account, run_directory
from ..processes.wait import wait_for
from .cases import ROOT
from .certificates import PREFIX, Certificates

USERS: Final[Mapping[str, tuple[str, str]]] = {
    "tls_only": ("hostssl", "scram-sha-256"),
    "either_way": ("host", "scram-sha-256"),
    "clear_only": ("hostnossl", "scram-sha-256"),
    "by_certificate": ("hostssl", "cert"),
    "named_certificate": ("hostssl", "scram-sha-256 clientcert=verify-full"),
    "any_certificate": ("hostssl", "scram-sha-256 clientcert=verify-ca"),
}
"""User -> type and method of its line in pg_hba.conf; a case chooses the line by its user."""
_RELOAD_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.005
PARAMETERS: Final[Mapping[str, str]] = {
    "ssl": "on",
    "ssl_ca_file": f"{PREFIX}root.crt",
    "ssl_crl_file": "",
    "ssl_max_protocol_version": "",
}
"""Parameters of the good configuration."""
CONFIGURATIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "good": {},
    "other authority": {"certificate": "other"},
    "other name": {"certificate": "elsewhere"},
    "name without address": {"certificate": "name"},
    "common name": {"certificate": "common"},
    "wildcard": {"certificate": "wildcard"},
    "expired": {"certificate": "expired"},
    "not yet valid": {"certificate": "early"},
    "client usage": {"certificate": "client-usage"},
    "intermediate": {"certificate": "chained"},
    "intermediate, chain not sent": {"certificate": "unchained"},
    "revokes clients": {"ssl_crl_file": f"{PREFIX}clients.crl"},
    "asks for no certificate": {"ssl_ca_file": ""},
    "at most TLS 1.2": {"ssl_max_protocol_version": "TLSv1.2"},
    "without TLS": {"ssl": "off"},
}
"""Server configuration -> what differs from the good one."""


class TlsTestServer:
    """The server and the clients' files; at the end of ``with`` the server has its usual settings again."""

    def __init__(self, server: Server) -> None:
        """Issue the certificates and restart the server. Raises ``CannotRun`` if it has no authority."""
        if server.authority is None:
            raise CannotRun(
                f"transport: the server at {server.address} has no certificates of the harness",
                "use --provider embedded or container",
            )
        self.server = server
        self.certificates = Certificates.issue(server.authority)
        self.password = server.password
        self.account = account.choose()
        self.directory = run_directory.make("transport")
        self._current: dict[str, str] = {}
        try:
            self.home.mkdir()
            (self.other_home / ".postgresql").mkdir(parents=True)
            self.certificates.other.write(self.other_home / ".postgresql", "root")
            self.certificates.write_client_files(self.directory, self.account)
            rules = [f"{kind} all {user} all {method}" for user, (kind, method) in USERS.items()]
            server.configure(
                {},
                hba=[f"host all {server.user} all scram-sha-256", *rules],
                files=self.certificates.server_files(),
            )
            self._create_users()
        except BaseException:
            self.close()
            raise

    @property
    def home(self) -> Path:
        """An empty home directory."""
        return self.directory / "home"

    @property
    def other_home(self) -> Path:
        """A home directory with the root certificate of another authority."""
        return self.directory / "other-home"

    def file(self, name: str) -> str:
        """Return the path of a client file, written or not."""
        return str(self.directory / name)

    def verified_as(self, name: str) -> dict[str, str]:
        """Return the libpq keywords of ``verify-full`` with this client certificate and its key."""
        return {
            "sslmode": "verify-full",
            "sslrootcert": self.file(ROOT),
            "sslcert": self.file(f"{name}.crt"),
            "sslkey": self.file(f"{name}.key"),
        }

    def apply(self, name: str) -> None:
        """Return the server one of ``CONFIGURATIONS``; return when new connections use it."""
        wanted = {**PARAMETERS, **CONFIGURATIONS[name]}
        certificate = wanted.pop("certificate", "good")
        wanted["ssl_cert_file"] = f"{PREFIX}{certificate}.crt"
        wanted["ssl_key_file"] = f"{PREFIX}{certificate}.key"
        changed = {key: value for key, value in wanted.items() if self._current.get(key) != value}
        if changed:
            self._alter(changed)
            self._current = wanted
            self._wait_for_reload(wanted)

    def bounds(self) -> tuple[str, str]:
        """Return the lowest and the highest TLS version of the server (empty: no limit)."""
        ((floor,),) = self._run("SHOW ssl_min_protocol_version")
        ((ceiling,),) = self._run("SHOW ssl_max_protocol_version")
        return str(floor), str(ceiling)

    def library(self) -> str:
        """Return the name of the server's TLS library."""
        ((library,),) = self._run("SHOW ssl_library")
        return str(library)

    def close(self) -> None:
        """Restore the server's settings and remove the files."""
        try:
            if self._current:
                self._run("ALTER SYSTEM RESET ALL")
                self._current = {}
            self.server.configure({})
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return this object."""
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the server's settings."""
        self.close()

    def _create_users(self) -> None:
        for user in USERS:
            role, password = sql.Identifier(user), sql.Literal(self.password)
            self._run(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
            self._run(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))

    def _alter(self, parameters: Mapping[str, str]) -> None:
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                for name, value in parameters.items():
                    statement = sql.SQL("ALTER SYSTEM SET {} = {}").format(
                        sql.Identifier(name), sql.Literal(value)
                    )
                    cursor.execute(statement)
                cursor.execute("SELECT pg_reload_conf()")
        finally:
            connection.close()

    def _wait_for_reload(self, wanted: Mapping[str, str]) -> None:
        """Wait until a new connection has the new values, which shows that the postmaster has reloaded."""

        def has_them() -> bool:
            settings = dict(self._run("SELECT name, setting FROM pg_settings WHERE name LIKE 'ssl%'"))
            return all(settings.get(name) == value for name, value in wanted.items())

        if not wait_for(has_them, seconds=_RELOAD_SECONDS, pause=_POLL_SECONDS):
            raise CannotRun(
                f"transport: the server at {self.server.address} did not reload within {_RELOAD_SECONDS:.0f} s",
                "run the checks again on a machine with less load",
            )

    def _run(self, statement: str | sql.Composable) -> list[tuple[Any, ...]]:
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def _connect(self) -> Any:
        return Database(self.server, "postgres").connect()
