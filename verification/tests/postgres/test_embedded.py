"""The embedded server: who it runs as, who can reach it, its templates and programs, and that nothing is left."""

import json
import os
import pwd
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from verification.errors import CannotRun
from verification.postgres import binaries, driver, providers
from verification.postgres.embedded import EmbeddedServer
from verification.postgres.server import Server
from verification.processes import account, run_directory
from verification.tests.postgres.processes import result_of, run_harness


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer.launch() as started:
        yield started


@pytest.fixture(autouse=True)
def usual_settings(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test the module's server runs with its usual settings."""
    yield
    if "server" in request.fixturenames:
        request.getfixturevalue("server").configure({})


def test_never_runs_as_root(server: EmbeddedServer) -> None:
    """Server and data belong to an ordinary account, also if the harness runs as root."""
    owner = server.data.stat().st_uid
    process = int((server.data / "postmaster.pid").read_text().splitlines()[0])

    assert owner != 0
    assert owner == (os.geteuid() or account.choose().uid)
    assert Path(f"/proc/{process}").stat().st_uid == owner
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


ORDINARY_USER = """
import json, os, sys
from verification.postgres import binaries
from verification.processes import account
from verification.postgres.embedded import EmbeddedServer

uid, gid, home = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if os.geteuid() == 0:
    # Import everything before: the user may not be able to read root's interpreter.
    installation = binaries.choose().reachable_by(account.choose())
    binaries.installations = lambda: [installation]
    with EmbeddedServer.launch() as server:
        server.run_tool("psql", "-c", "SELECT 1")
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
os.environ.update(HOME=home, XDG_CACHE_HOME="")
with EmbeddedServer.launch() as server:
    print(json.dumps({
        "harness": os.geteuid(),
        "server": server.data.stat().st_uid,
        "answer": server.run_tool("psql", "-Atc", "SELECT current_user").decode().strip(),
        "templates": os.listdir(home + "/.cache/django-postgres-verification"),
        "left": str(server.directory),
    }))
"""


def test_runs_as_an_ordinary_user() -> None:
    """Without privileges the server belongs to the user, and its template is in the user's cache."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    home = tempfile.mkdtemp()
    os.chown(home, user.pw_uid, user.pw_gid)
    try:
        seen = result_of(run_harness(ORDINARY_USER, str(user.pw_uid), str(user.pw_gid), home))
    finally:
        shutil.rmtree(home)

    assert seen["harness"] == seen["server"] == user.pw_uid
    assert seen["answer"] == "postgres"
    assert len(seen["templates"]) == 1
    assert not Path(seen["left"]).exists()


def test_listens_on_loopback_alone(server: EmbeddedServer) -> None:
    """Its only TCP socket is on 127.0.0.1."""
    with server.database() as database:
        assert database.execute("SHOW listen_addresses") == [("127.0.0.1",)]
    assert _listening(server.port) == {"0100007F"}


def test_asks_for_the_password(server: EmbeddedServer) -> None:
    """A wrong password is refused, also at the Unix socket."""
    for host in (server.host, str(server.socket_directory)):
        with pytest.raises(driver.OperationalError, match="password authentication failed"):
            driver.connect(host=host, port=server.port, user=server.user, password="wrong", dbname="postgres")


def test_password_is_in_no_file_and_no_log(server: EmbeddedServer) -> None:
    """The server knows only a hash of its password."""
    with server.database() as database:
        kept = database.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'")[0][0]

    assert kept.startswith("SCRAM-SHA-256$")
    assert server.password not in server.log()
    assert not [
        path
        for path in server.directory.rglob("*")
        if path.is_file() and server.password.encode() in path.read_bytes()
    ]


def test_same_rules_everywhere(server: EmbeddedServer) -> None:
    """Encoding and sort order do not depend on the machine's locale."""
    with server.database() as database:
        assert database.execute("SHOW server_encoding") == [("UTF8",)]
        assert database.execute("SELECT 'a' < 'B', lower('ЁЖ'), upper('ß' || 'é')") == [(False, "ёж", "ßÉ")]
        assert database.execute("SHOW timezone") == [("UTC",)]


def test_nobody_else_gets_its_port_while_it_is_stopped(server: EmbeddedServer) -> None:
    """Stopped, it refuses connections, and the port stays reserved for it."""
    server.stop()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=5)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((server.host, server.port))


def test_files_of_a_configuration_are_private(server: EmbeddedServer) -> None:
    """They are written with mode 0600."""
    server.configure({}, files={"extra.key": b"secret"})

    assert stat.S_IMODE((server.data / "extra.key").stat().st_mode) == 0o600


def test_runs_the_tools_of_its_version(server: EmbeddedServer) -> None:
    """pg_dump is the server's own; a program that is not there is named."""
    assert f"pg_dump (PostgreSQL) {server.version}" in server.run_tool("pg_dump", "--version").decode()
    with pytest.raises(CannotRun, match="no program 'pg_nonsense'"):
        server.run_tool("pg_nonsense")


def test_close_leaves_nothing_and_may_come_twice() -> None:
    """After ``close`` the directory is gone, the port is free and the server cannot be started."""
    server = EmbeddedServer.launch()
    server.close()
    server.close()

    assert not server.directory.exists()
    with socket.socket() as other:
        other.bind((server.host, server.port))
    with pytest.raises(CannotRun, match="has been closed"):
        server.start()


STARTS = """
import json
from verification.postgres.embedded import EmbeddedServer
with EmbeddedServer.launch() as server, server.database() as database:
    print(json.dumps({"port": server.port, "answer": database.execute("SELECT 1")}))
"""


@pytest.mark.slow
def test_parallel_runs_share_one_template(tmp_path: Path) -> None:
    """Runs that all find an empty cache at the same time all get a server, and leave one template."""
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    runs = [run_harness(STARTS, environment=environment) for _ in range(3)]

    results = [result_of(run) for run in runs]

    assert [result["answer"] for result in results] == [[[1]]] * 3
    assert len(list((tmp_path / "django-postgres-verification").iterdir())) == 1


@pytest.fixture(scope="module")
def filled_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the template that a first server made."""
    base = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(base))
        EmbeddedServer.launch().close()
    return next((base / "django-postgres-verification").iterdir())


@pytest.mark.slow
def test_template_is_used_and_its_password_does_not_open_the_server(
    filled_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later servers are made from the first one's template: the same cluster, other passwords."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(filled_cache.parent.parent))
    with EmbeddedServer.launch() as first, EmbeddedServer.launch() as second:
        password = json.loads((filled_cache / "template.json").read_text())["password"]

        assert _system_identifier(first) == _system_identifier(second)
        assert stat.S_IMODE((filled_cache / "template.json").stat().st_mode) == 0o600
        with pytest.raises(driver.OperationalError, match="password authentication failed"):
            driver.connect(
                host=second.host, port=second.port, user=second.user, password=password, dbname="postgres"
            )


@pytest.mark.slow
def test_damaged_template_is_replaced(filled_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template with missing files (a cleaned cache) is replaced, and the server starts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(filled_cache.parent.parent))
    shutil.rmtree(filled_cache / "data" / "global")

    with EmbeddedServer.launch() as server, server.database() as database:
        assert database.execute("SELECT 1") == [(1,)]

    assert (filled_cache / "data" / "global").is_dir()


def test_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place for templates the server starts the slow way."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    with EmbeddedServer.launch() as server:
        assert server.major >= 14


def test_programs_that_the_account_cannot_reach_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs in a home directory that others cannot enter: the server's account gets a copy."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    original = binaries.choose()
    shutil.copytree(original.directory.parent, closed / "pginstall", symlinks=True)
    monkeypatch.setattr(binaries, "_READABLE", Path(tempfile.mkdtemp()) / "programs")
    binaries._READABLE.parent.chmod(0o755)
    try:
        installation = replace(original, directory=closed / "pginstall" / original.directory.name)
        with ThreadPoolExecutor(4) as pool:  # as servers that start in parallel do
            found = list(pool.map(installation.reachable_by, [account.choose()] * 4))
        reachable = found[0]

        assert found == [reachable] * 4
        assert reachable.runs_as(account.choose())
        assert (reachable.directory == installation.directory) == (os.geteuid() != 0)
        assert reachable.reachable_by(account.choose()) == reachable
    finally:
        shutil.rmtree(binaries._READABLE.parent)


def test_missing_major_version_names_those_that_are_here() -> None:
    """The line names the versions that are here and how to get the other one."""
    here = {installation.major for installation in binaries.installations()}
    missing = next(major for major in range(9, 13) if major not in here)

    with pytest.raises(CannotRun, match=f"--provider container --postgres {missing}$") as caught:
        providers.start("embedded", major=missing)

    assert all(str(major) in str(caught.value) for major in here)


@pytest.mark.parametrize(
    "installation", binaries.installations(), ids=lambda installation: installation.version
)
def test_every_version_of_this_machine_starts(installation: binaries.Installation) -> None:
    """Each installation of PostgreSQL that is found also works, TLS included."""
    with providers.start("embedded", major=installation.major, tls=True) as server:
        assert server.major == installation.major


def test_no_programs_at_all_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither wheel nor system server: what to install, in one line."""
    monkeypatch.setattr(binaries, "installations", list)

    with pytest.raises(CannotRun, match="\\[embedded\\]") as caught:
        providers.start("embedded")

    assert "\n" not in str(caught.value)


def test_left_directory_of_a_dead_run_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start removes the directory of a run that died with its watchdog; a live run's is kept."""
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(base))
    try:
        with EmbeddedServer.launch() as alive:
            dead = base / "verification-dead"
            dead.mkdir()
            (dead / run_directory.OWNER_FILE).touch()  # nobody keeps it locked

            EmbeddedServer.launch().close()

            assert not dead.exists()
            assert alive.data.is_dir()
    finally:
        shutil.rmtree(base)


def _system_identifier(server: Server) -> object:
    with server.database() as database:
        return database.execute("SELECT system_identifier FROM pg_control_system()")


def _listening(port: int) -> set[str]:
    """Return the local addresses (hexadecimal) that listen on a port, from the table of the kernel."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and int(address.rpartition(":")[2], 16) == port:
                found.add(address.rpartition(":")[0])
    return found
