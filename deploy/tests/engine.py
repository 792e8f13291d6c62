"""Engine calls that do what `docker compose up` does for our file, with names of their own.

Everything carries the label `coffee-payments.test`; `System.close` removes it, and `sweep` removes what a run
that was killed has left behind.
"""

import io
import socket
import sys
import tarfile
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.models.containers import Container
from docker.types import EndpointConfig, Healthcheck, Mount

from deploy.tests.compose import Compose, Service

LABEL: Final = "coffee-payments.test"
ROOT: Final = Path(__file__).resolve().parents[2]
STARTS_WITHIN: Final = 120.0
SOON: Final = 10.0
"""A start does not wait for checks at longer intervals (seconds)."""
RESTARTS: Final = 2
"""More of them while a service starts mean that it never will."""
_AT_A_TIME: Final = 8
_NANOSECONDS: Final = 1_000_000_000
_STALE: Final = timedelta(hours=1)
T = TypeVar("T")


def connect() -> docker.DockerClient:
    """Return a client of the container engine. Raises `RuntimeError` if none answers."""
    try:
        client = docker.from_env(timeout=300)
        client.ping()
    except DockerException as error:
        raise RuntimeError(f"these tests need a container engine that answers: {error}") from None
    return client


def build(client: docker.DockerClient, tag: str, target: str = "") -> str:
    """Build an image from this checkout, without build arguments; return its id. Empty: the default target."""
    image, _ = client.images.build(
        path=str(ROOT), tag=tag, target=target, rm=True, forcerm=True, labels={LABEL: "image"}
    )
    return str(image.id)


def free_ports(count: int) -> list[int]:
    """Return free ports of 127.0.0.1."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(what: str, ask: Callable[[], T | None], *, within: float = 30.0, pause: float = 0.1) -> T:
    """Wait until a function returns a true value. Raises `TimeoutError` with the name of what did not happen."""
    ends = time.monotonic() + within
    while True:
        if answer := ask():
            return answer
        if time.monotonic() > ends:
            raise TimeoutError(f"{what}: not within {within:.0f} s; last answer {answer!r}")
        time.sleep(pause)


def sweep(client: docker.DockerClient) -> None:
    """Remove what a killed run left behind more than an hour ago."""
    for container in client.containers.list(all=True, filters={"label": LABEL}):
        created = datetime.fromisoformat(container.attrs["Created"][:19]).replace(tzinfo=UTC)
        if datetime.now(UTC) - created > _STALE:
            container.remove(force=True, v=True)
    in_use = {each.labels.get(LABEL) for each in client.containers.list(all=True, filters={"label": LABEL})}
    for networks in client.networks.list(filters={"label": LABEL}):
        if networks.attrs["Labels"][LABEL] not in in_use and _old(networks.attrs["Created"]):
            networks.remove()
    for volume in client.volumes.list(filters={"label": LABEL}):
        if volume.attrs["Labels"][LABEL] not in in_use and _old(volume.attrs["CreatedAt"]):
            volume.remove()


def _old(created: str) -> bool:
    moment = datetime.fromisoformat(created[:19]).replace(tzinfo=UTC)
    return datetime.now(UTC) - moment > _STALE


class System:
    """A network with containers in it. `with System(client) as system:` removes all of it in the end."""

    def __init__(self, client: docker.DockerClient) -> None:
        """Start with no containers."""
        self.client = client
        self.name = f"coffee-test-{uuid.uuid4().hex[:10]}"
        self._labels = {LABEL: self.name}
        self._containers: dict[str, Container] = {}
        self._volumes: list[Any] = []
        self._network: Any = None

    def __enter__(self) -> Self:
        """Create the network."""
        self._network = self.client.networks.create(self.name, driver="bridge", labels=self._labels)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove everything."""
        self.close()

    def close(self) -> None:
        """Remove everything that exists."""
        containers = self.client.containers.list(all=True, filters={"label": f"{LABEL}={self.name}"})
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            list(pool.map(_remove, containers))
        if self._network is not None:
            _quietly(self._network.remove)
        for volume in self._volumes:
            _quietly(lambda each=volume: each.remove(force=True))

    def up(self, compose: Compose, images: Mapping[str, str]) -> None:
        """Start the services in order, each when its dependencies are ready. `images` is build target -> id."""
        for name in {each.image for each in compose.services.values() if each.build_target is None}:
            _pull_missing(self.client, name)
        for volume in compose.volumes:
            self.volume(volume)
        for service in compose.services.values():
            for other, condition in service.depends_on.items():
                self._await(other, condition)
            self.start(
                service, service.image if service.build_target is None else images[service.build_target]
            )
        for service in compose.services.values():
            if service.health is not None and service.health.interval <= SOON:
                self.await_healthy(service.name)

    def volume(self, name: str) -> str:
        """Create a volume of this system; return its full name."""
        volume = self.client.volumes.create(f"{self.name}-{name}", labels=self._labels)
        self._volumes.append(volume)
        return str(volume.name)

    def start(self, service: Service, image: str) -> Container:
        """Start one service's container."""
        options = dict(service.options)
        restart, temporary = options.pop("restart", None), options.pop("tmpfs", [])
        if options.get("network_mode") is None:
            options["network"] = self.name
            options["networking_config"] = {
                self.name: EndpointConfig(self.client.api._version, aliases=[service.name])
            }
        container = self.client.containers.create(
            image,
            name=f"{self.name}-{service.name}",
            entrypoint=None if service.entrypoint is None else list(service.entrypoint),
            command=list(service.command) or None,
            environment=dict(service.environment),
            mounts=[
                Mount(
                    each.target,
                    str(ROOT / each.source) if each.is_path else f"{self.name}-{each.source}",
                    type="bind" if each.is_path else "volume",
                    read_only=each.read_only,
                )
                for each in service.mounts
            ],
            ports={f"{port.target}/tcp": (port.address, port.published) for port in service.ports},
            restart_policy={"Name": restart} if restart else None,
            tmpfs=dict.fromkeys(temporary, ""),
            healthcheck=_healthcheck(service),
            labels=self._labels,
            detach=True,
            **options,
        )
        self._containers[service.name] = container
        container.start()
        return container

    def run(self, image: str, *command: str, name: str = "run", **options: Any) -> Container:
        """Start a container that is no service of the file."""
        full = f"{self.name}-{name}-{uuid.uuid4().hex[:6]}"
        options = {"network": self.name, "labels": self._labels, **options}
        return self.client.containers.run(image, list(command) or None, name=full, detach=True, **options)

    def container(self, service: str) -> Container:
        """Return a service's container."""
        return self._containers[service]

    def logs(self, service: str) -> str:
        """Return the log of a service."""
        return str(self.container(service).logs().decode(errors="replace"))

    def execute(self, service: str, *command: str, user: str = "") -> str:
        """Run a command inside a service; return its output. Raises `RuntimeError` when it fails."""
        status, output = self.container(service).exec_run(list(command), user=user)
        if status != 0:
            raise RuntimeError(f"{service}: {command[0]} ended with {status}: {output.decode()[-2000:]}")
        return str(output.decode())

    def query(self, statement: str) -> str:
        """Run a query; return rows as lines and columns separated by a bar."""
        command = ("psql", "--no-psqlrc", "-qtA", "-U", "coffee", "-d", "coffee", "-c", statement)
        return self.execute("database", *command).strip()

    def address(self, service: str) -> str:
        """Return the address that a service has in the network."""
        container = self.container(service)
        container.reload()
        return str(container.attrs["NetworkSettings"]["Networks"][self.name]["IPAddress"])

    def await_healthy(self, service: str) -> None:
        """Wait until a service's own check says healthy."""
        self._await(service, "service_healthy")

    def _await(self, service: str, condition: str) -> None:
        container = self.container(service)

        def met() -> bool:
            container.reload()
            state = container.attrs["State"]
            if condition == "service_completed_successfully":
                if state["Status"] == "exited" and state["ExitCode"] != 0:
                    raise RuntimeError(
                        f"{service} ended with {state['ExitCode']}:\n{self.logs(service)[-3000:]}"
                    )
                return bool(state["Status"] == "exited")
            if state["Status"] in {"exited", "dead"} or container.attrs["RestartCount"] > RESTARTS:
                raise RuntimeError(f"{service} does not keep running:\n{self.logs(service)[-3000:]}")
            return condition == "service_started" or state.get("Health", {}).get("Status") == "healthy"

        try:
            wait_for(f"{service}: {condition}", met, within=STARTS_WITHIN, pause=0.2)
        except TimeoutError as error:
            raise RuntimeError(f"{error}\n{self.logs(service)[-3000:]}") from None


def put_file(
    container: Container, path: str, content: bytes, *, mode: int, uid: int = 0, gid: int = 0
) -> None:
    """Put a file into a container that may not be running yet."""
    entry = tarfile.TarInfo(Path(path).name)
    entry.size, entry.mode, entry.uid, entry.gid, entry.mtime = len(content), mode, uid, gid, int(time.time())
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(entry, io.BytesIO(content))
    container.put_archive(str(Path(path).parent), stream.getvalue())


def _pull_missing(client: docker.DockerClient, image: str) -> None:
    """Pull an image that is missing: the engine's API, unlike its command line, does not."""
    try:
        client.images.get(image)
    except ImageNotFound:
        client.images.pull(image)


def _healthcheck(service: Service) -> Healthcheck | None:
    health = service.health
    if health is None:
        # The image's own check, but more often, so that tests wait less.
        return Healthcheck(interval=3 * _NANOSECONDS) if service.build_target is not None else None
    return Healthcheck(
        test=list(health.test),
        interval=round(health.interval * _NANOSECONDS),
        timeout=round(health.timeout * _NANOSECONDS),
        retries=health.retries,
        start_period=round(health.start_period * _NANOSECONDS),
    )


def _remove(container: Container) -> None:
    _quietly(lambda: container.remove(force=True, v=True))


def _quietly(remove: Callable[[], object]) -> None:
    try:
        remove()
    except (NotFound, APIError) as error:
        print(f"could not remove: {error}", file=sys.stderr)
