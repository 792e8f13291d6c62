"""A server in a container of the public image ``postgres:<major>``, on any Docker-compatible engine.

PostgreSQL is started and stopped within the running container, so that the published port and the data, which
are in memory, survive a restart.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from testcontainers.core.docker_client import DockerClient

from ..errors import CannotRun
from ..processes import cleanup
from ..processes.port import LOOPBACK
from . import driver, engine, server_files
from .engine_container import FOLDER, PORT, EngineContainer
from .managed import ManagedServer
from .server import Database

if TYPE_CHECKING:
    from .tls import Authority

_DATA: Final = f"{FOLDER}/data"
_LOG: Final = f"{FOLDER}/log"
_INITDB: Final = f'initdb --pwfile={FOLDER}/password --pgdata={_DATA} "$@" && rm {FOLDER}/password'
_VERSION_TRIES: Final = 3
_START: Final = f"pg_ctl -D {_DATA} -l {_LOG} -w -t 60 start"
_STOP: Final = f"pg_ctl -D {_DATA} -m fast -w -t 60 stop"


class ContainerServer(ManagedServer):
    """A server in a container, reachable on 127.0.0.1 only."""

    provider = "container"

    def __init__(self, client: DockerClient, image: str, authority: "Authority | None") -> None:
        """Start the container; ``launch`` starts the server in it."""
        super().__init__(authority)
        self._running = False
        self._container = EngineContainer(client, image)
        self.identifier = self._container.identifier
        cleanup.register(self)

    @classmethod
    def launch(cls, *, major: int | None = None, authority: "Authority | None" = None) -> Self:
        """Start a server of a major version (default 17). Raises ``CannotRun`` if it does not start."""
        client = engine.client()
        image = engine.image_name(major)
        engine.require_image(client, image)
        engine.remove_stale(client)
        server = cls(client, image, authority)
        try:
            server._container.hold_lifeline()
            server._initialise()
            server.start()
            server._find_address()
        except BaseException:
            server.close()
            raise
        return server

    def log(self) -> str:
        """What the server has logged since it was first started."""
        _, output, _ = self._container.execute(f"cat {_LOG}")
        return output.decode(errors="replace")

    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of the image in the container, connected through the server's socket."""
        with self._lock:
            self._container.put({"stdin": stdin or b""}, FOLDER)
            variables = self.client_variables() | {"PGHOST": f"{FOLDER}/s", "PGPORT": str(PORT)}
            status, output, errors = self._container.execute(
                f'exec "$@" <{FOLDER}/stdin', name, *arguments, variables=variables
            )
        return self.tool_output(name, status, output, errors)

    @contextmanager
    def file_for_tools(self, path: Path) -> Iterator[str]:
        """Copy it into the container for the length of the block."""
        folder = f"{FOLDER}/from-outside"
        files = {file.name: file for file in (sorted(path.iterdir()) if path.is_dir() else [path])}
        self._container.execute(f"mkdir -p {folder}")
        try:
            self._container.put(files, folder)
            yield folder if path.is_dir() else f"{folder}/{path.name}"
        finally:
            self._container.execute(f"rm -rf {folder}")

    def _initialise(self) -> None:
        major = self._major()
        self._container.put({"password": self.password.encode()}, FOLDER)
        options = server_files.initdb_options(major, "C.UTF-8")
        status, output, errors = self._container.execute(_INITDB, *options)
        if status:
            lines = (errors or output).decode(errors="replace").strip().splitlines()
            raise CannotRun(
                f"container: initdb failed: {lines[-1] if lines else 'no message'}", "use --provider embedded"
            )
        if self.authority is not None:
            self._write_data_files(server_files.tls_files(self.authority, self._container.bridge_address()))

    def _major(self) -> int:
        """Return the image's major version. A busy engine may lose the output of a program that ends at once."""
        errors = b""
        for _ in range(_VERSION_TRIES):
            _, output, errors = self._container.execute("postgres --version")
            if found := re.search(rb"\(PostgreSQL\) (\d+)", output):
                return int(found[1])
        raise CannotRun(
            f"container: postgres --version in it says nothing: {errors.decode(errors='replace').strip()}",
            "use --provider embedded",
        )

    def _find_address(self) -> None:
        """Find out how this process reaches it: by the published port, or within a container by its address."""
        published = self._container.published_port()
        for host, port in ((LOOPBACK, published), (self._container.bridge_address(), PORT)):
            self.host, self.port = host, port
            try:
                ((version,),) = Database(self, "postgres").execute("SHOW server_version")
            except driver.OperationalError:
                continue
            self.version = str(version).split()[0]
            return
        raise CannotRun(
            f"container: the server runs, but cannot be reached at 127.0.0.1:{published} or {self.address}",
            "use --provider embedded if the container engine is on another machine",
        )

    def _maintain(self, statement: str) -> None:
        """Use the server's socket, which is slower, if its access rules refuse a connection."""
        try:
            self._connect_for_maintenance().close()
        except driver.OperationalError:
            self.run_tool("psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", statement)
        else:
            super()._maintain(statement)

    @property
    def _own_settings(self) -> Mapping[str, str]:
        # Listening everywhere means in the container: the engine publishes the port on 127.0.0.1.
        return {"listen_addresses": "*", "port": str(PORT), "unix_socket_directories": f"{FOLDER}/s"}

    @property
    def _is_running(self) -> bool:
        return self._running

    def _start_postgres(self) -> None:
        status, output, _ = self._container.execute(_START)
        if status:
            reason = server_files.startup_error(self.log() or output.decode())
            raise CannotRun(f"container: PostgreSQL did not start: {reason}")
        self._running = True

    def _stop_postgres(self) -> None:
        if self._running:
            self._container.execute(_STOP)
            self._running = False

    def _write_data_files(self, files: Mapping[str, bytes]) -> None:
        self._container.put(files, _DATA)

    def _remove(self) -> None:
        self._running = False
        self._container.remove()
