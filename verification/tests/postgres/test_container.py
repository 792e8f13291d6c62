"""The server in a container: the same as the embedded one, and only this machine reaches it."""

import gc
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from testcontainers.core.docker_client import DockerClient

from verification.errors import CannotRun
from verification.postgres import engine, providers
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
    """Whatever a test does to the module's server, the next one finds it running with the usual settings."""
    yield
    if "server" in request.fixturenames:
        request.getfixturevalue("server").configure({})


def test_published_on_loopback_alone(server: ContainerServer) -> None:
    """The engine publishes its port on 127.0.0.1, to nobody outside of this machine."""
    network = engine.client().client.api.inspect_container(server.identifier)["NetworkSettings"]

    assert {binding["HostIp"] for binding in network["Ports"]["5432/tcp"]} == {"127.0.0.1"}


def test_connects_with_verify_full(server: ContainerServer, tmp_path: Path) -> None:
    """The container's certificate is good for where it is reached, and the server says: encrypted."""
    assert server.authority is not None
    root = str(server.authority.write(tmp_path))
    connection = psycopg2.connect(server.url(sslmode="verify-full", sslrootcert=root))
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


def test_stops_and_starts_on_the_same_port_with_its_data(server: ContainerServer) -> None:
    """Stopped, it answers nobody; started, all is there at the same place."""
    with server.database() as database:
        database.execute("CREATE TABLE kept (id int)")
        port = server.port

        server.stop()
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(server.url(connect_timeout="5"))
        server.start()

        assert server.port == port
        assert database.execute("SELECT count(*) FROM kept") == [(0,)]


def test_configures_and_goes_back(server: ContainerServer) -> None:
    """Settings and access rules of one call are replaced by the next, a clear connection included."""
    server.configure({"work_mem": "5MB"}, hba=["hostnossl all all all scram-sha-256"])
    with server.database() as database:
        assert database.execute("SHOW work_mem") == [("5MB",)]
        assert database.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(False,)]

    server.configure({})

    with server.database() as database:
        assert database.execute("SHOW work_mem") == [("4MB",)]
        assert database.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]


def test_maintenance_does_not_depend_on_the_access_rules(server: ContainerServer) -> None:
    """A test that locks everybody out can still have databases made and dropped."""
    server.configure({}, hba=["host all all all reject"])

    with server.database() as database, pytest.raises(psycopg2.OperationalError, match="rejects connection"):
        database.connect()


def test_says_why_it_does_not_start_with_settings(server: ContainerServer) -> None:
    """A setting that the server refuses: one line in its own words; the next settings bring it back."""
    with pytest.raises(CannotRun, match=r'invalid value for parameter "work_mem": "lots"$') as caught:
        server.configure({"work_mem": "lots"})
    assert "\n" not in str(caught.value)

    server.configure({})

    with server.database() as database:
        assert database.execute("SELECT 1") == [(1,)]


def test_runs_the_tools_of_its_version(server: ContainerServer) -> None:
    """psql is the image's own; a failing program is one line; standard input arrives."""
    assert f"(PostgreSQL) {server.version}" in server.run_tool("psql", "--version").decode()
    assert server.run_tool("psql", "-At", stdin=b"SELECT 6 * 7;") == b"42\n"
    with pytest.raises(CannotRun, match="psql: ") as caught:
        server.run_tool("psql", "-d", "missing", "-c", "SELECT 1")
    assert "\n" not in str(caught.value)


def test_same_rules_as_embedded(server: ContainerServer) -> None:
    """Encoding, sort order and durability are those of the embedded server."""
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


@pytest.mark.parametrize("major", [14, 16, 18])
def test_other_major_versions(major: int) -> None:
    """``major`` picks the image."""
    with providers.start("container", major=major) as server:
        assert server.major == major


def test_close_removes_the_container_and_its_volumes() -> None:
    """After ``close``, which may come twice, the engine knows neither container nor volume of it."""
    api = engine.client().client.api
    server = ContainerServer.launch()
    volumes = {
        mount["Name"] for mount in api.inspect_container(server.identifier)["Mounts"] if "Name" in mount
    }

    server.close()
    server.close()

    assert server.identifier not in {each["Id"] for each in api.containers(all=True)}
    assert not volumes & {each["Name"] for each in api.volumes()["Volumes"] or ()}


def test_closing_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is taken apart afterwards complains (Python 3.13 shows it to the user)."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda complaint: complaints.append(complaint.exc_value))
    server = ContainerServer.launch()
    server.close()
    del server
    gc.collect()

    assert complaints == []


def test_missing_image_is_one_line_and_no_download() -> None:
    """An image that is not there is the user's to get; embedded takes its place under auto."""
    with pytest.raises(CannotRun, match=r"docker pull .*postgres:13,") as caught:
        providers.start("container", major=13)

    assert "\n" not in str(caught.value)
    assert providers.choose("auto", major=13).provider == "embedded"


def test_engine_that_never_answers_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that accepts and then says nothing: embedded within seconds, and the reason."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        choice = providers.choose()

    assert choice == Choice("embedded", "the engine does not answer within 3 s")


def test_containers_of_dead_runs_are_removed_and_others_stay(server: ContainerServer) -> None:
    """What a run left that could not clean up goes at the next start; a live run's stays."""
    client = engine.client()
    owner = ProcessIdentity.current()
    dead = ProcessIdentity(owner.machine, owner.process, "1")  # the number was given out again
    elsewhere = ProcessIdentity("another-boot/pid:[1]", owner.process, owner.started)
    left = [_idle_container(client, each) for each in (dead, elsewhere)]
    try:
        engine.remove_stale(client)

        known = {each["Id"] for each in client.client.api.containers(all=True)}
        assert left[0] not in known
        assert left[1] in known
        assert server.identifier in known
    finally:
        for identifier in left:
            engine.remove(client, identifier)


def test_sides_start_in_parallel_threads_of_one_process() -> None:
    """Plain and TLS servers that start side by side are two, and both answer."""
    before = threading.active_count()
    plain, tls = providers.start_many([{"tls": False}, {"tls": True}], provider="container")
    with plain, tls, plain.database() as first, tls.database() as second:
        assert first.execute("SHOW ssl") == [("off",)]
        assert second.execute("SHOW ssl") == [("on",)]
    assert threading.active_count() == before


def _idle_container(client: DockerClient, owner: ProcessIdentity) -> str:
    container = client.client.containers.create(
        engine.image_name(None), ["sleep", "600"], labels={engine.OWNER_LABEL: str(owner)}
    )
    return str(container.id)


def test_owner_of_this_process_is_alive() -> None:
    """The process that runs this test is not taken for dead, by itself or by others."""
    own = ProcessIdentity.parse(str(ProcessIdentity.current()))

    assert own == ProcessIdentity.current()
    assert own is not None
    assert own.process == os.getpid()
    assert not own.is_dead()
