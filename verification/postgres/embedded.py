"""A server from programs on this machine: no container engine, no root, no system service."""

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from ..errors import CannotRun
from ..processes import account, cleanup
from ..processes.account import Account
from ..processes.port import Port
from ..processes.run_directory import remove
from . import (
    binaries,
    client_programs,
    private_socket,
    run_directory,
    server_files,
    template,
    watchdog,
)
from .binaries import Installation
from .driver import Connection
from .managed import ManagedServer
from .postmaster import Postmaster

if TYPE_CHECKING:
    from .tls import Authority

_PORT_ATTEMPTS: Final = 5


class EmbeddedServer(ManagedServer):
    """A server process on 127.0.0.1, with its data in a directory that is removed with it."""

    provider = "embedded"

    def __init__(self, installation: Installation, owner: Account, authority: "Authority | None") -> None:
        """Make its directory; ``launch`` starts the server."""
        super().__init__(authority)
        self.installation = installation
        self.account = owner
        self._port = Port()
        self.port = self._port.number
        self.directory = run_directory.create(owner)
        # From now on: if this process dies, the watchdog ends the server and removes the directory.
        self._watchdog = watchdog.watch(self.directory)
        self._postmaster = Postmaster(installation, owner, self.data, self.directory / "log")
        cleanup.register(self)

    @classmethod
    def launch(cls, *, major: int | None = None, authority: "Authority | None" = None) -> Self:
        """Start a server of a major version (default: the best here). Raises ``CannotRun`` if it does not start."""
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

    def log(self) -> str:
        """What the server has logged since it was first started."""
        return self._postmaster.log()

    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of the server's version, connected through the private socket."""
        variables = self.client_variables() | {"PGHOST": str(self.socket_directory)}
        return self.tool_output(
            name, *client_programs.run(self.installation, name, arguments, variables=variables, stdin=stdin)
        )

    def _prepare(self) -> None:
        self.socket_directory.mkdir(mode=0o700)
        self.account.own(self.socket_directory)
        server_files.write_private(self._postmaster.log_file, b"")

    def _start_from_template(self) -> None:
        try:
            self._start_first_time()
        except CannotRun:
            # The cache may be damaged (files removed, a full disk): try again without it.
            if self._closed or not template.discard(self.installation):
                raise
            self._postmaster.end(signal.SIGQUIT)
            remove(self.data)
            self._start_first_time()

    def _start_first_time(self) -> None:
        password = template.provide(self.installation, self.account, self.data)
        if self.authority is not None:
            self._write_data_files(server_files.tls_files(self.authority))
        for attempt in range(_PORT_ATTEMPTS):
            try:
                self._write_settings()
                self._start_postgres(password)
            except CannotRun:
                port_taken = "could not bind" in self.log() and "in use" in self.log()
                if not port_taken or attempt == _PORT_ATTEMPTS - 1:
                    raise
                self._port.release()
                self._port = Port()
                self.port = self._port.number
                server_files.write_private(self._postmaster.log_file, b"")
            else:
                return

    @property
    def _own_settings(self) -> Mapping[str, str]:
        return {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_directory),
        }

    @property
    def _is_running(self) -> bool:
        return self._postmaster.is_running

    def _start_postgres(self, template_password: str | None = None) -> None:
        """Start it and log in; with ``template_password`` replace that password by the server's own."""
        self._postmaster.start()
        connection = self._connect_locally(template_password or self.password)
        try:
            self.version = str(connection.info.parameter_status("server_version")).split()[0]
            if template_password is not None:
                private_socket.set_password(connection, self.user, self.password)
        finally:
            connection.close()

    def _stop_postgres(self) -> None:
        self._postmaster.end(signal.SIGINT)

    def _write_data_files(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            self.account.own(server_files.write_private(self.data / name, content))

    def _remove(self) -> None:
        self._postmaster.end(signal.SIGQUIT)
        remove(self.directory)
        watchdog.dismiss(self._watchdog)
        self._port.release()

    def _connect_for_maintenance(self) -> Connection:
        return self._connect_locally(self.password)

    def _connect_locally(self, password: str) -> Connection:
        return private_socket.connect(self.socket_directory, self.port, self.user, password)
