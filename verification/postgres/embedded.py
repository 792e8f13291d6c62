"""A server from programs on this machine: no container engine, no root, no system service."""

import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class with a lower-case name
from psycopg2.extensions import encrypt_password

from verification.errors import CannotRun
from verification.postgres import binaries, run_directory, server_files, template, watchdog
from verification.postgres.binaries import Installation
from verification.postgres.server import Server
from verification.postgres.tls import Authority, write_private
from verification.processes import account, cleanup
from verification.processes.account import Account
from verification.processes.port import LOOPBACK, Port

START_SECONDS: Final = 60.0
"""When to give up on a server; it is ready within 3 s on a machine that is not overloaded."""
_STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.005
_PORT_ATTEMPTS: Final = 5


class EmbeddedServer(Server):
    """A server process of ours on 127.0.0.1, with its data in a directory that goes with it."""

    provider = "embedded"
    host = LOOPBACK
    user = server_files.USER

    def __init__(self, installation: Installation, owner: Account, authority: Authority | None) -> None:
        """Make its directory; ``launch`` does the rest."""
        self.installation = installation
        self.account = owner
        self.authority = authority
        self.password = secrets.token_urlsafe(24)
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._hba = self._default_hba
        self._parameters: Mapping[str, str] = {}
        self._port = Port()
        self.port = self._port.number
        self.directory = run_directory.create(owner)
        # Watches from the first moment on: it ends the server and the directory if we cannot.
        self._guardian = watchdog.watch(self.directory)
        cleanup.register(self)

    @classmethod
    def launch(cls, *, major: int | None = None, authority: Authority | None = None) -> Self:
        """Start a server of a major version (default: the best there is); ``CannotRun`` when it does not."""
        owner = account.choose()
        installation = binaries.choose(major).reachable_by(owner)
        run_directory.remove_stale(owner)
        server = cls(installation, owner, authority)
        try:
            server._prepare()
            server._start_from_template()
        except BaseException:
            server.close()
            raise
        return server

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    @property
    def socket_directory(self) -> Path:
        """The private folder with the server's Unix socket."""
        return self.directory / "s"

    def start(self) -> None:
        """Start it again on the same port after ``stop``; nothing happens when it runs."""
        with self._lock:
            self._must_be_open()
            if self._process is None:
                self._write_settings()
                self._run()

    def stop(self) -> None:
        """Stop it as an operator would (a fast shutdown) and keep its data and its port."""
        self._end(signal.SIGINT)

    def close(self) -> None:
        """Stop it for good and remove its directory. May be called twice, from any thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._end(signal.SIGQUIT)
            watchdog.remove(self.directory)
            watchdog.dismiss(self._guardian)
            self._port.release()
            cleanup.forget(self)

    def configure(
        self,
        parameters: Mapping[str, str],
        *,
        hba: Sequence[str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Restart it with these settings (see ``Server.configure``)."""
        with self._lock:
            self._must_be_open()
            self.stop()
            for name, content in (files or {}).items():
                self._write(self.data / server_files.plain_name(name), content)
            self._parameters = dict(parameters)
            self._hba = self._default_hba if hba is None else tuple(hba)
            self.start()

    def log(self) -> str:
        """What the server has logged since it was first started."""
        with suppress(FileNotFoundError):
            return self._log_file.read_text(encoding="utf-8", errors="replace")
        return ""

    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of the server's version, connected through the private socket."""
        variables = binaries.environment(self.client_variables() | {"PGHOST": str(self.socket_directory)})
        done = subprocess.run(
            [self.installation.program(name), *arguments],
            input=b"" if stdin is None else stdin,
            capture_output=True,
            env=variables,
            check=False,
        )
        return self.tool_output(name, done.returncode, done.stdout, done.stderr)

    # The way from nothing to a server that answers.

    def _prepare(self) -> None:
        self.socket_directory.mkdir(mode=0o700)
        self.account.own(self.socket_directory)
        write_private(self._log_file, b"")

    def _start_from_template(self) -> None:
        try:
            self._start_first()
        except CannotRun:
            # A cache can be damaged (an emptied folder, a full disk): once more without it.
            if self._closed or not template.discard(self.installation):
                raise
            self._end(signal.SIGQUIT)
            watchdog.remove(self.data)
            self._start_first()

    def _start_first(self) -> None:
        initial = self._make_data()
        for attempt in range(_PORT_ATTEMPTS):
            try:
                self._write_settings()
                self._run(initial)
            except CannotRun:
                clash = "could not bind" in self.log() and "in use" in self.log()
                if not clash or attempt == _PORT_ATTEMPTS - 1:
                    raise
                self._port.release()
                self._port = Port()
                self.port = self._port.number
                write_private(self._log_file, b"")
            else:
                return

    def _make_data(self) -> str:
        """Give the password that the new data directory knows."""
        password = template.provide(self.installation, self.account, self.data)
        if self.authority is not None:
            for name, content in server_files.tls_files(self.authority).items():
                self._write(self.data / name, content)
        return password

    def _run(self, initial: str | None = None) -> None:
        """Start the process and wait until it answers; set our password over the template's."""
        with self._log_file.open("ab") as log:
            self._process = self.account.popen(
                [self.installation.program("postgres"), "-D", self.data],
                environment=binaries.environment(),
                directory=self.directory,
                output=log,
                new_session=True,  # Ctrl-C in the terminal is for us, not for the server
            )
        connection = self._await_ready(initial or self.password)
        try:
            self.version = str(connection.get_parameter_status("server_version")).split()[0]
            if initial is not None:
                self._set_password(connection)
        finally:
            connection.close()

    def _await_ready(self, password: str) -> Connection:
        process = self._process
        assert process is not None  # noqa: S101 - _run has just set it
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
                self._process = None
                said = server_files.reason(self.log())
                raise CannotRun(f"embedded: PostgreSQL {self.installation.version} did not start: {said}")
            if self._says_ready():
                return self._connect_locally(password)
        self._end(signal.SIGQUIT)
        raise CannotRun(
            f"embedded: PostgreSQL {self.installation.version} was not ready after {START_SECONDS:.0f} s; "
            "the machine is overloaded or its disk is full"
        )

    def _says_ready(self) -> bool:
        """Read the server's own word, line 8 of postmaster.pid, which pg_ctl goes by too."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"  # noqa: PLR2004 - the eighth line

    def _set_password(self, connection: Connection) -> None:
        # Hashed on this side: the server's log never sees the password itself.
        verifier = encrypt_password(self.password, self.user, scope=connection, algorithm="scram-sha-256")
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(self.user), sql.Literal(verifier))
            )

    # What it keeps on disk.

    @property
    def _log_file(self) -> Path:
        return self.directory / "log"

    @property
    def _default_hba(self) -> Sequence[str]:
        return server_files.HBA_TLS if self.authority else server_files.HBA_PLAIN

    def _write_settings(self) -> None:
        settings = {
            **server_files.BASE,
            **(server_files.TLS if self.authority else {}),
            **self._parameters,
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_directory),
        }
        self._write(self.data / "postgresql.conf", server_files.postgresql_conf(settings))
        self._write(self.data / "pg_hba.conf", server_files.pg_hba_conf(self._hba))

    def _write(self, path: Path, content: bytes) -> None:
        self.account.own(write_private(path, content))

    # The end.

    def _end(self, how: signal.Signals) -> None:
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            with suppress(ProcessLookupError):
                process.send_signal(how)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_STOP_SECONDS)

    def _must_be_open(self) -> None:
        if self._closed:
            raise CannotRun("embedded: this server has been closed; start another one")

    def _connect_for_maintenance(self) -> Connection:
        return self._connect_locally(self.password)

    def _connect_locally(self, password: str) -> Connection:
        """Connect past TLS and pg_hba.conf, through the private socket."""
        try:
            connection = psycopg2.connect(
                host=str(self.socket_directory),
                port=self.port,
                user=self.user,
                password=password,
                dbname="postgres",
            )
        except psycopg2.OperationalError as error:
            raise CannotRun(f"embedded: the server let us not in: {binaries.last_line(str(error))}") from None
        connection.autocommit = True
        return connection
