"""A server in a container of the public image ``postgres:<major>``, on any Docker-compatible engine.

The container's first process only waits, and PostgreSQL is started and stopped inside: the published
port and the data, which are in memory, live through a restart. A *lifeline*, a process in the
container that reads from a connection of ours, ends the container when this process is gone.
"""

import io
import secrets
import tarfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Self

import psycopg2
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from verification.errors import CannotRun
from verification.postgres import engine, server_files
from verification.postgres.server import Database, Server
from verification.postgres.tls import Authority
from verification.processes import cleanup
from verification.processes.identity import ProcessIdentity
from verification.processes.port import LOOPBACK

_PORT: Final = 5432
_FOLDER: Final = "/verification"
"""In memory; belongs to the image's ``postgres`` user, whose number differs between images."""
_DATA: Final = f"{_FOLDER}/data"
_LOG: Final = f"{_FOLDER}/log"
_ARRIVALS: Final = "/verification-arrivals"
"""Where the engine can put files: it does not see the memory file system from outside."""
_LIFELINE_SECONDS: Final = 30
"""How long a container waits for its lifeline before it takes itself for forsaken."""
_MARK_LABEL: Final = "verification.server"

_FIRST_PROCESS: Final = f"""
trap 'exit 0' TERM INT
mkdir -p {_FOLDER}/s {_ARRIVALS}
chmod 700 {_ARRIVALS} && chown -R postgres {_FOLDER} && chmod 700 {_FOLDER}
sleep {_LIFELINE_SECONDS} & wait $!
[ -e /verification-lifeline ] || exit 1
while :; do sleep 3600 & wait $!; done
"""
_LIFELINE: Final = "touch /verification-lifeline; cat >/dev/null; kill -TERM 1"
_TAKE_IN: Final = f"""set -e
cd {_ARRIVALS}
for name in *; do
    chown "$(id -u postgres):$(id -g postgres)" "$name" && chmod 600 "$name" && mv -f "$name" "$1/$name"
done"""
_INITDB: Final = f'initdb --pwfile={_FOLDER}/password --pgdata={_DATA} "$@" && rm {_FOLDER}/password'
_START: Final = f"pg_ctl -D {_DATA} -l {_LOG} -w -t 60 start"
_STOP: Final = f"pg_ctl -D {_DATA} -m fast -w -t 60 stop"

_ryuk = threading.Lock()


class ContainerServer(Server):
    """A server in a container of ours, reachable on 127.0.0.1 alone."""

    provider = "container"
    host = LOOPBACK
    user = server_files.USER

    def __init__(self, client: DockerClient, image: str, authority: Authority | None) -> None:
        """Start the container; ``launch`` puts a server into it."""
        self.authority = authority
        self.password = secrets.token_urlsafe(24)
        self._client = client
        self._closed = False
        self._running = False
        self._lock = threading.RLock()
        self._parameters: Mapping[str, str] = {}
        self._hba = self._default_hba
        self._lifeline: Any = None
        self._container = _start_container(client, image)
        self.identifier = self._container.get_container_id()
        cleanup.register(self)

    @classmethod
    def launch(cls, *, major: int | None = None, authority: Authority | None = None) -> Self:
        """Start a server of a major version (default 17); ``CannotRun`` when it does not."""
        client = engine.client()
        image = engine.image_name(major)
        engine.require_image(client, image)
        engine.remove_stale(client)
        with engine.told():
            server = cls(client, image, authority)
            try:
                server._hold_lifeline()
                server._initialise()
                server.start()
                server._find_address()
            except BaseException:
                server.close()
                raise
        return server

    def start(self) -> None:
        """Start it again on the same port after ``stop``; nothing happens when it runs."""
        with self._lock, engine.told():
            if self._closed:
                raise CannotRun("container: this server has been closed; start another one")
            if self._running:
                return
            self._put(self._settings(), _DATA)
            status, output, _ = self._execute(_START)
            if status:
                raise CannotRun(
                    f"container: PostgreSQL did not start: {server_files.reason(self.log() or output.decode())}"
                )
            self._running = True

    def stop(self) -> None:
        """Stop PostgreSQL as an operator would and keep its data and its port."""
        with self._lock, engine.told():
            if self._running:
                self._execute(_STOP)
                self._running = False

    def close(self) -> None:
        """Remove the container with all that is in it. May be called twice, from any thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._running = False
            with engine.told():
                engine.remove(self._client, self.identifier)
            if self._lifeline is not None:
                with suppress(OSError):
                    # The socket closed under its response makes Python 3.13 print a traceback in the end.
                    getattr(self._lifeline, "_response", self._lifeline).close()
            self._container.get_docker_client().client.close()
            self._client.client.close()
            cleanup.forget(self)

    def configure(
        self,
        parameters: Mapping[str, str],
        *,
        hba: Sequence[str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Restart it with these settings (see ``Server.configure``)."""
        with self._lock, engine.told():
            self.stop()
            if files:
                self._put({server_files.plain_name(name): content for name, content in files.items()}, _DATA)
            self._parameters = dict(parameters)
            self._hba = self._default_hba if hba is None else tuple(hba)
            self.start()

    def log(self) -> str:
        """What the server has logged since it was first started."""
        with engine.told():
            _, output, _ = self._execute(f"cat {_LOG}")
        return output.decode(errors="replace")

    def run_tool(self, name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a client program of the image in the container, through the server's socket."""
        with self._lock, engine.told():
            self._put({"stdin": stdin or b""}, _FOLDER)
            variables = self.client_variables() | {"PGHOST": f"{_FOLDER}/s", "PGPORT": str(_PORT)}
            status, output, errors = self._execute(
                f'exec "$@" <{_FOLDER}/stdin', name, *arguments, variables=variables
            )
        return self.tool_output(name, status, output, errors)

    # The way from a container to a server that answers.

    def _hold_lifeline(self) -> None:
        api = self._client.client.api
        created = api.exec_create(self.identifier, ["sh", "-c", _LIFELINE], stdin=True, user="root")
        self._lifeline = api.exec_start(created["Id"], socket=True)

    def _initialise(self) -> None:
        major = int(self._execute("postgres --version")[1].split()[2].split(b".")[0])
        self._put({"password": self.password.encode()}, _FOLDER)
        status, output, errors = self._execute(_INITDB, *server_files.initdb_options(major, "C.UTF-8"))
        if status:
            said = (errors or output).decode(errors="replace").strip().splitlines()
            raise CannotRun(f"container: initdb failed: {said[-1] if said else 'no message'}")
        if self.authority is not None:
            self._put(server_files.tls_files(self.authority, self._bridge_address()), _DATA)

    def _find_address(self) -> None:
        """Find how this process reaches it: by the published port, or from a container by its own."""
        network = self._client.client.api.inspect_container(self.identifier)["NetworkSettings"]
        published = int(network["Ports"][f"{_PORT}/tcp"][0]["HostPort"])
        for host, port in ((LOOPBACK, published), (self._bridge_address(), _PORT)):
            self.host, self.port = host, port
            try:
                shown = Database(self, "postgres").execute("SHOW server_version")
            except psycopg2.OperationalError:
                continue
            self.version = str(shown[0][0]).split()[0]
            return
        raise CannotRun(
            f"container: the server runs, but neither 127.0.0.1:{published} nor {self.address} reaches it; "
            "is the engine on another machine? use --provider embedded"
        )

    def _bridge_address(self) -> str:
        return str(self._client.bridge_ip(self.identifier))

    def _maintain(self, statement: str) -> None:
        """Go through the server's socket, which is slower, where its access rules lock us out."""
        try:
            self._connect_for_maintenance().close()
        except psycopg2.OperationalError:
            self.run_tool("psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", statement)
        else:
            super()._maintain(statement)

    def _settings(self) -> dict[str, bytes]:
        settings = {
            **server_files.BASE,
            **(server_files.TLS if self.authority else {}),
            **self._parameters,
            "listen_addresses": "*",  # within the container; the engine publishes it on 127.0.0.1
            "port": str(_PORT),
            "unix_socket_directories": f"{_FOLDER}/s",
        }
        return {
            "postgresql.conf": server_files.postgresql_conf(settings),
            "pg_hba.conf": server_files.pg_hba_conf(self._hba),
        }

    @property
    def _default_hba(self) -> Sequence[str]:
        return server_files.HBA_TLS if self.authority else server_files.HBA_PLAIN

    def _put(self, files: Mapping[str, bytes], folder: str) -> None:
        """Put files into the container, readable by its ``postgres`` user alone."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(content), 0o600
                tar.addfile(member, io.BytesIO(content))
        self._client.client.api.put_archive(self.identifier, _ARRIVALS, archive.getvalue())
        status, _, errors = self._execute(_TAKE_IN, folder, user="root")
        if status:
            raise CannotRun(
                f"container: a file could not be put into it: {errors.decode(errors='replace').strip()}"
            )

    def _execute(
        self, script: str, *arguments: str, user: str = "postgres", variables: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Run a shell script in the container; give its status, output and errors."""
        api = self._client.client.api
        created = api.exec_create(
            self.identifier,
            ["sh", "-c", script, "sh", *arguments],
            user=user,
            environment=dict(variables or {}),
            workdir="/",
        )
        output, errors = api.exec_start(created["Id"], demux=True)
        return int(api.exec_inspect(created["Id"])["ExitCode"]), output or b"", errors or b""


def _start_container(client: DockerClient, image: str) -> DockerContainer:
    mark = secrets.token_hex(8)
    container = DockerContainer(
        image,
        docker_client_kw={"timeout": 120},
        entrypoint=["sh", "-c", _FIRST_PROCESS],
        user="root",
        labels={engine.OWNER_LABEL: str(ProcessIdentity.current()), _MARK_LABEL: mark},
        auto_remove=True,
    )
    container.image = image  # it has its prefix already
    container.ports[f"{_PORT}/tcp"] = (LOOPBACK, None)  # type: ignore[assignment]  # docker-py's own notation
    container.tmpfs[_FOLDER] = "rw,mode=0755"
    with _ryuk:
        # Its reaper is a container of another image, which may not be there; the lifeline does its work.
        before = testcontainers_config.ryuk_disabled
        testcontainers_config.ryuk_disabled = True
        try:
            return container.start()
        except BaseException:
            # It may have been created all the same, by a request whose answer we did not wait for.
            for each in client.client.api.containers(all=True, filters={"label": f"{_MARK_LABEL}={mark}"}):
                engine.remove(client, each["Id"])
            raise
        finally:
            testcontainers_config.ryuk_disabled = before
