"""The server in a container: how it is reached, its files, its images, and that nothing of it is left."""

import gc
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from testcontainers.core.docker_client import DockerClient

from verification.errors import CannotRun
from verification.postgres import driver, engine, providers
from verification.postgres.container import ContainerServer
from verification.postgres.providers import Choice
from verification.postgres.tls import Authority
from verification.processes.identity import ProcessIdentity

pytestmark = pytest.mark.container


@pytest.fixture(scope="module")
def server() -> Iterator[ContainerServer]:
    with ContainerServer.launch(authority=Authority.create()) as started:
        yield started


@pytest.fixture(autouse=True)
def usual_settings(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test the module's server runs with its usual settings."""
    yield
    if "server" in request.fixturenames:
        request.getfixturevalue("server").configure({})


def test_published_on_loopback_alone(server: ContainerServer) -> None:
    """The engine publishes its port on 127.0.0.1, and on no other address."""
    network = engine.client().client.api.inspect_container(server.identifier)["NetworkSettings"]

    assert {binding["HostIp"] for binding in network["Ports"]["5432/tcp"]} == {"127.0.0.1"}


def test_connects_with_verify_full(server: ContainerServer, tmp_path: Path) -> None:
    """The certificate names the address of the container, and the server says that the session is encrypted."""
    assert server.authority is not None
    root = str(server.authority.write(tmp_path))
    connection = driver.connect(server.url(sslmode="verify-full", sslrootcert=root))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            assert cursor.fetchone() == (True, "TLSv1.3")
    finally:
        connection.close()


def test_key_belongs_to_the_server_alone(server: ContainerServer) -> None:
    """The private key in the container is the postgres user's, mode 0600; so is a file put there later."""
    server.configure({}, files={"later.key": b"secret"})

    for name in ("server.key", "later.key"):
        shown = server.run_tool("stat", "-c", "%U %a", f"/verification/data/{name}")
        assert shown == b"postgres 600\n"


def test_same_rules_as_embedded(server: ContainerServer) -> None:
    """Encoding, sort order and durability are those of the embedded server; psql is the image's own."""
    settings = (
        "server_encoding",
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "timezone",
        "lc_messages",
    )
    query = "SELECT datlocprovider, datcollate FROM pg_database WHERE datname = current_database()"
    embedded = providers.start("embedded", major=server.major)
    with embedded, embedded.database() as there, server.database() as here:
        for name in settings:
            assert here.execute(f"SHOW {name}") == there.execute(f"SHOW {name}")
        assert here.execute(query) == there.execute(query)
    assert f"(PostgreSQL) {server.version}" in server.run_tool("psql", "--version").decode()


@pytest.mark.slow
@pytest.mark.parametrize("major", [14, 16, 18])
def test_other_major_versions(major: int) -> None:
    """``major`` picks the image."""
    with providers.start("container", major=major) as server:
        assert server.major == major


def test_close_removes_everything_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """After ``close``, which may come twice, neither container, volume nor thread is left, and nothing complains.

    Python 3.13 shows the user what goes wrong when objects are removed.
    """
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda complaint: complaints.append(complaint.exc_value))
    before = threading.active_count()
    api = engine.client().client.api
    server = ContainerServer.launch()
    volumes = {
        mount["Name"] for mount in api.inspect_container(server.identifier)["Mounts"] if "Name" in mount
    }

    server.close()
    server.close()

    assert server.identifier not in {container["Id"] for container in api.containers(all=True)}
    assert not volumes & {volume["Name"] for volume in api.volumes()["Volumes"] or ()}
    del server
    gc.collect()
    assert complaints == []
    assert threading.active_count() == before


def test_missing_image_is_one_line_and_no_download() -> None:
    """An image that is not there is not pulled; ``auto`` then means embedded."""
    with pytest.raises(CannotRun, match=r"docker pull .*postgres:13,") as caught:
        providers.start("container", major=13)

    assert "\n" not in str(caught.value)
    assert providers.choose("auto", major=13).provider == "embedded"


def test_an_engine_that_does_not_answer_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that accepts and does not answer: embedded within seconds, with the reason."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        choice = providers.choose()

    assert choice == Choice("embedded", "the container engine does not answer within 3 s")


def test_containers_of_dead_runs_are_removed_and_others_stay(server: ContainerServer, tmp_path: Path) -> None:
    """The next start removes a dead run's container; a live run's is kept."""
    client = engine.client()
    owner = ProcessIdentity.current()
    free = tmp_path / "owner"
    free.touch()
    dead = ProcessIdentity(owner.machine, owner.process, free)  # the number was given out again
    elsewhere = ProcessIdentity("another-boot/pid:[1]", owner.process, free)
    left = [_idle_container(client, run) for run in (dead, elsewhere)]
    try:
        engine.remove_stale(client)

        known = {container["Id"] for container in client.client.api.containers(all=True)}
        assert left[0] not in known
        assert left[1] in known
        assert server.identifier in known
    finally:
        for identifier in left:
            engine.remove(client, identifier)


def _idle_container(client: DockerClient, owner: ProcessIdentity) -> str:
    container = client.client.containers.create(
        engine.image_name(None), ["sleep", "600"], labels={engine.OWNER_LABEL: str(owner)}
    )
    return str(container.id)


def test_owner_of_this_process_is_alive() -> None:
    """The process of this test does not count as dead."""
    own = ProcessIdentity.parse(str(ProcessIdentity.current()))

    assert own == ProcessIdentity.current()
    assert own is not None
    assert own.process == os.getpid()
    assert not own.is_dead()
