"""A TLS server set up for the cases: certificates with faults, rules for users, and the clients' files.

The server is restarted once, to take files and rules; from case to case it only reloads, since every
TLS parameter takes effect on reload.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from psycopg2 import sql

from verification.errors import CannotRun
from verification.postgres.server import Database, Server
from verification.postgres.tls import Authority, Material
from verification.processes import account, run_directory
from verification.processes.wait import wait_for

USERS: Final[Mapping[str, tuple[str, str]]] = {
    "tls_only": ("hostssl", "scram-sha-256"),
    "either_way": ("host", "scram-sha-256"),
    "clear_only": ("hostnossl", "scram-sha-256"),
    "by_certificate": ("hostssl", "cert"),
    "named_certificate": ("hostssl", "scram-sha-256 clientcert=verify-full"),
    "any_certificate": ("hostssl", "scram-sha-256 clientcert=verify-ca"),
}
"""Each case picks its rule of pg_hba.conf by the user it connects as."""
_PREFIX: Final = "transport-"
_RELOAD_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.005
PARAMETERS: Final[Mapping[str, str]] = {
    "ssl": "on",
    "ssl_ca_file": f"{_PREFIX}root.crt",
    "ssl_crl_file": "",
    "ssl_max_protocol_version": "",
}
"""What every configuration starts from."""
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
    "revokes clients": {"ssl_crl_file": f"{_PREFIX}clients.crl"},
    "asks for no certificate": {"ssl_ca_file": ""},
    "at most TLS 1.2": {"ssl_max_protocol_version": "TLSv1.2"},
    "without TLS": {"ssl": "off"},
}
"""Server configuration -> what differs from a good one."""


@dataclass(frozen=True)
class Certificates:
    """Everything issued, once for a run."""

    authority: Authority
    other: Authority
    servers: Mapping[str, Material]
    clients: Mapping[str, Material]

    @classmethod
    def issue(cls, authority: Authority) -> Self:
        """Issue the good ones and, beside each, those with one fault."""
        other, between = Authority.create("another authority"), authority.intermediate()
        servers = {
            "good": authority.issue_server(),
            "other": other.issue_server(),
            "elsewhere": authority.issue_server("elsewhere.invalid"),
            "name": authority.issue_server("localhost"),
            "common": authority.issue_server(common_name="localhost"),
            "wildcard": authority.issue_server("*.shop.invalid"),
            "expired": authority.issue_server(expired=True),
            "early": authority.issue_server(not_yet_valid=True),
            "client-usage": authority.issue_server(usage="client"),
            "chained": between.issue_server(),
            "unchained": between.issue_server(send_chain=False),
        }
        user = "by_certificate"
        clients = {
            "good": authority.issue_client(user),
            "other": other.issue_client(user),
            "expired": authority.issue_client(user, expired=True),
            "revoked": authority.issue_client(user),
            "somebody": authority.issue_client("somebody_else"),
            "named": authority.issue_client("named_certificate"),
            "encrypted": authority.issue_client(user, password=KEY_PASSWORD),
        }
        return cls(authority, other, servers, clients)


KEY_PASSWORD: Final = "the key's own password"  # noqa: S105 - of a key that lives for one run


class Stage:
    """The server and the clients' files; ``with`` brings the server back to what it was."""

    def __init__(self, server: Server) -> None:
        """Issue, write and restart; raises ``CannotRun`` for a server that is not ours to configure."""
        if server.authority is None:
            raise CannotRun(
                f"transport: the server at {server.address} offers no TLS of the harness's own; "
                "use --provider embedded or container"
            )
        self.server = server
        self.certificates = Certificates.issue(server.authority)
        self.password = server.password
        self.account = account.choose()
        self.directory = run_directory.make("transport")
        self._now: dict[str, str] = {}
        try:
            self._write_client_files()
            rules = [f"{kind} all {user} all {method}" for user, (kind, method) in USERS.items()]
            server.configure(
                {}, hba=[f"host all {server.user} all scram-sha-256", *rules], files=self._server_files()
            )
            self._create_users()
        except BaseException:
            self.close()
            raise

    @property
    def home(self) -> Path:
        """A home directory with nothing in it."""
        return self.directory / "home"

    @property
    def other_home(self) -> Path:
        """A home directory that trusts another authority."""
        return self.directory / "other-home"

    def file(self, name: str) -> str:
        """Give the path of one of the clients' files; one that was never written is simply missing."""
        return str(self.directory / name)

    def serve(self, name: str) -> None:
        """Bring the server to one of ``CONFIGURATIONS`` and await that new connections see it."""
        wanted = {**PARAMETERS, **CONFIGURATIONS[name]}
        certificate = wanted.pop("certificate", "good")
        wanted["ssl_cert_file"] = f"{_PREFIX}{certificate}.crt"
        wanted["ssl_key_file"] = f"{_PREFIX}{certificate}.key"
        changed = {key: value for key, value in wanted.items() if self._now.get(key) != value}
        if changed:
            self._alter(changed)
            self._now = wanted
            self._await(wanted)

    def bounds(self) -> tuple[str, str]:
        """Give the least and the greatest version of TLS that the server speaks (empty: no bound)."""
        ((floor,),) = self._run("SHOW ssl_min_protocol_version")
        ((ceiling,),) = self._run("SHOW ssl_max_protocol_version")
        return str(floor), str(ceiling)

    def library(self) -> str:
        """Give the name of the library that the server speaks TLS with."""
        ((library,),) = self._run("SHOW ssl_library")
        return str(library)

    def close(self) -> None:
        """Bring the server back and remove the files."""
        try:
            if self._now:
                self._run("ALTER SYSTEM RESET ALL")
                self._now = {}
            self.server.configure({})
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Bring the server back."""
        self.close()

    def _server_files(self) -> dict[str, bytes]:
        files = {f"{_PREFIX}root.crt": self.certificates.authority.pem}
        revoked = self.certificates.clients["revoked"]
        files[f"{_PREFIX}clients.crl"] = self.certificates.authority.crl([revoked])
        for name, material in self.certificates.servers.items():
            files[f"{_PREFIX}{name}.crt"] = material.certificate
            files[f"{_PREFIX}{name}.key"] = material.key
        return files

    def _write_client_files(self) -> None:
        """Lay out what clients are given; all of it belongs to the account that connects."""
        made, here = self.certificates, self.directory
        here.chmod(0o755)
        self.home.mkdir()
        (self.other_home / ".postgresql").mkdir(parents=True)
        made.other.write(self.other_home / ".postgresql", "root")
        made.authority.write(here, "root")
        made.other.write(here, "other-root")
        for name, material in made.clients.items():
            material.write(here, name)
        (here / "server.crl").write_bytes(made.authority.crl([made.servers["good"]]))
        (here / "other.crl").write_bytes(made.other.crl())
        shutil.copy(here / "good.key", here / "open.key")
        self.account.own(here)
        (here / "open.key").chmod(0o644)
        shutil.copy(here / "good.key", here / "group.key")
        (here / "group.key").chmod(0o640)

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

    def _await(self, wanted: Mapping[str, str]) -> None:
        """Wait until a new connection has the new values: its parent had reloaded when it was made."""

        def has_them() -> bool:
            settings = dict(self._run("SELECT name, setting FROM pg_settings WHERE name LIKE 'ssl%'"))
            return all(settings.get(name) == value for name, value in wanted.items())

        if not wait_for(has_them, seconds=_RELOAD_SECONDS, pause=_POLL_SECONDS):
            raise CannotRun(
                f"transport: the server at {self.server.address} did not reload within {_RELOAD_SECONDS:.0f} s"
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
        """Connect as who keeps the server, whatever certificate it shows at the moment."""
        return Database(self.server, "postgres").connect()
