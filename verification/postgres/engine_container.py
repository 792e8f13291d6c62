"""One container that the engine removes when this process ends, and what can be done in it.

Its first process only waits; programs are run beside it. A *lifeline*, a process in the container that reads
from a connection of this process, stops the container when this process is gone, however it ended.
"""

import io
import secrets
import tarfile
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from ..errors import CannotRun
from ..processes.identity import ProcessIdentity
from ..processes.port import LOOPBACK
from . import engine

FOLDER: Final = "/verification"
"""In memory; belongs to the ``postgres`` user of the image, whose number differs between images."""
PORT: Final = 5432
_ARRIVALS: Final = "/verification-arrivals"
"""Where the engine can put files: it cannot write into the memory file system from outside."""
_LIFELINE_SECONDS: Final = 30
"""Seconds the container waits for the lifeline before it stops itself."""
_CREATE_SECONDS: Final = 120
_MARK_LABEL: Final = "verification.server"

_FIRST_PROCESS: Final = f"""
trap 'exit 0' TERM INT
mkdir -p {FOLDER}/s {_ARRIVALS}
chmod 700 {_ARRIVALS} && chown -R postgres {FOLDER} && chmod 700 {FOLDER}
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

_ryuk = threading.Lock()


class EngineContainer:
    """A running container of a PostgreSQL image, its port 5432 published on 127.0.0.1."""

    def __init__(self, client: DockerClient, image: str) -> None:
        """Start it. Raises ``CannotRun`` if the engine refuses."""
        self._client = client
        self._lifeline: Any = None
        with engine.translated_errors():
            self._container = _start(client, image)
            self.identifier = self._container.get_container_id()

    def hold_lifeline(self) -> None:
        """Open the connection whose end stops the container."""
        with engine.translated_errors():
            api = self._client.client.api
            created = api.exec_create(self.identifier, ["sh", "-c", _LIFELINE], stdin=True, user="root")
            self._lifeline = api.exec_start(created["Id"], socket=True)

    def execute(
        self, script: str, *arguments: str, user: str = "postgres", variables: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Run a shell script in the container; return its status, output and errors."""
        with engine.translated_errors():
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

    def put(self, files: Mapping[str, bytes | Path], folder: str) -> None:
        """Write contents, or copies of files, into a folder of the container, for its ``postgres`` user only."""
        with tempfile.TemporaryFile() as archive:
            with tarfile.open(fileobj=archive, mode="w") as tar:
                for name, content in files.items():
                    if isinstance(content, Path):
                        tar.add(content, name)
                        continue
                    member = tarfile.TarInfo(name)
                    member.size, member.mode = len(content), 0o600
                    tar.addfile(member, io.BytesIO(content))
            archive.seek(0)
            with engine.translated_errors():
                self._client.client.api.put_archive(self.identifier, _ARRIVALS, archive)
        status, _, errors = self.execute(_TAKE_IN, folder, user="root")
        if status:
            reason = " ".join(errors.decode(errors="replace").split())
            raise CannotRun(
                f"container: a file could not be written into it: {reason}", "use --provider embedded"
            )

    def published_port(self) -> int:
        """Return the port of 127.0.0.1 on which the engine publishes the server's."""
        with engine.translated_errors():
            network = self._client.client.api.inspect_container(self.identifier)["NetworkSettings"]
        return int(network["Ports"][f"{PORT}/tcp"][0]["HostPort"])

    def bridge_address(self) -> str:
        """Return the address of the container in the engine's network."""
        with engine.translated_errors():
            return str(self._client.bridge_ip(self.identifier))

    def remove(self) -> None:
        """Remove the container with its volumes, and close the connections to the engine."""
        with engine.translated_errors():
            engine.remove(self._client, self.identifier)
        if self._lifeline is not None:
            with suppress(OSError):
                # Closing the socket and not its response makes Python 3.13 print a traceback at the end.
                getattr(self._lifeline, "_response", self._lifeline).close()
        self._container.get_docker_client().client.close()
        self._client.client.close()


def _start(client: DockerClient, image: str) -> DockerContainer:
    mark = secrets.token_hex(8)
    container = DockerContainer(
        image,
        docker_client_kw={"timeout": _CREATE_SECONDS},
        entrypoint=["sh", "-c", _FIRST_PROCESS],
        user="root",
        labels={engine.OWNER_LABEL: str(ProcessIdentity.current()), _MARK_LABEL: mark},
        auto_remove=True,
    )
    container.image = image  # it has its prefix already
    container.ports[f"{PORT}/tcp"] = (LOOPBACK, None)  # type: ignore[assignment]  # docker-py's own notation
    container.tmpfs[FOLDER] = "rw,mode=0755"
    with _ryuk:
        # testcontainers' reaper needs another image, which may not be there; the lifeline does its work.
        before = testcontainers_config.ryuk_disabled
        testcontainers_config.ryuk_disabled = True
        try:
            return container.start()
        except BaseException:
            # The engine may have created it all the same, if the request was broken off.
            for created in client.client.api.containers(all=True, filters={"label": f"{_MARK_LABEL}={mark}"}):
                engine.remove(client, created["Id"])
            raise
        finally:
            testcontainers_config.ryuk_disabled = before
