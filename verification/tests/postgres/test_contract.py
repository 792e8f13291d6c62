"""What every provider's server does, whichever it is: databases, client programs, and what it can be asked for."""

from collections.abc import Iterator

import pytest

from verification.errors import CannotRun
from verification.postgres import driver, providers
from verification.postgres import server as server_module
from verification.postgres.server import Database, Server

CONTAINER = pytest.param("container", marks=pytest.mark.container)
MANAGED = pytest.mark.parametrize("server", ["embedded", CONTAINER], indirect=True, scope="module")


@pytest.fixture(scope="module", params=["embedded", CONTAINER, "existing"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A TLS server of each provider; the existing one is an embedded one that another harness started."""
    if request.param != "existing":
        with providers.start(request.param, tls=True) as started:
            yield started
        return
    with (
        providers.start("embedded", tls=True) as other,
        providers.start("existing", dsn=other.url(), tls=True) as existing,
    ):
        yield existing


@pytest.fixture
def managed(server: Server) -> Iterator[Server]:
    """A server that can be stopped and configured; afterwards it has its usual settings again."""
    yield server
    server.configure({})


def test_copies_a_database_and_drops_it(server: Server) -> None:
    """A database made from a template has its tables; after the block it is gone, connections or not."""
    with server.database() as original:
        original.execute("CREATE TABLE kept (id int)")
        with server.database(template=original.name) as copy:
            assert copy.execute("SELECT count(*) FROM kept") == [(0,)]
            busy = copy.connect()
        busy.close()
        names = original.execute("SELECT datname FROM pg_database")

    assert (copy.name,) not in names
    assert (original.name,) in names


def test_a_statement_of_the_harness_has_a_limit(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "STATEMENT_SECONDS", 1)
    with pytest.raises(driver.Error, match="statement timeout"):
        Database(server, "postgres").execute("SELECT pg_sleep(60)")


def test_runs_client_programs(server: Server) -> None:
    """psql fits the server; standard input arrives; a failure is one line."""
    program = server.run_tool("psql", "--version").decode()
    assert int(program.split("(PostgreSQL) ")[1].split(".")[0]) >= server.major
    assert server.run_tool("psql", "-At", stdin=b"SELECT 6 * 7;") == b"42\n"
    with pytest.raises(CannotRun, match="psql: ") as caught:
        server.run_tool("psql", "-d", "missing", "-c", "SELECT 1")
    assert "\n" not in str(caught.value)


def test_connections_of_the_harness_use_tls(server: Server) -> None:
    """The server says that the session is encrypted."""
    with server.database() as database:
        assert database.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]


def test_what_it_cannot_do_is_refused_in_one_line(server: Server) -> None:
    """A request that ``can_stop`` and ``can_configure`` exclude names the providers that can."""
    if server.can_stop:
        assert server.can_configure
        return
    for request in (server.start, server.stop, lambda: server.configure({"fsync": "off"}), server.log):
        with pytest.raises(CannotRun, match=r"did not start is not .*; use --provider embedded or container"):
            request()
    assert server.run_tool("psql", "-Atc", "SELECT 1") == b"1\n"


@MANAGED
def test_stops_and_starts_on_the_same_port_with_its_data(managed: Server) -> None:
    """Stopped, it answers nobody; started, all is there at the same address."""
    with managed.database() as database:
        database.execute("CREATE TABLE kept (id int)")
        port = managed.port

        managed.stop()
        with pytest.raises(driver.OperationalError):
            driver.connect(managed.url(connect_timeout="5"))
        managed.start()

        assert managed.port == port
        assert database.execute("SELECT count(*) FROM kept") == [(0,)]


@MANAGED
def test_settings_of_one_call_are_replaced_by_the_next(managed: Server) -> None:
    """Parameters and access rules, also one that refuses everybody: databases are created all the same."""
    managed.configure(
        {"work_mem": "5MB", "application_name": "it's"}, hba=["hostnossl all all all scram-sha-256"]
    )
    with managed.database() as database:
        assert database.execute("SHOW work_mem") == [("5MB",)]
        assert database.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(False,)]

    managed.configure({}, hba=["host all all all reject"])
    with managed.database() as database, pytest.raises(driver.OperationalError, match="rejects connection"):
        database.connect()

    managed.configure({})
    with managed.database() as database:
        assert database.execute("SHOW work_mem") == [("4MB",)]


@MANAGED
def test_a_setting_that_the_server_refuses_is_one_line(managed: Server) -> None:
    """The line is the server's own; the next settings start it again."""
    with pytest.raises(CannotRun, match=r'invalid value for parameter "work_mem": "lots"$') as caught:
        managed.configure({"work_mem": "lots"})
    assert "\n" not in str(caught.value)
    with pytest.raises(CannotRun, match=r'invalid authentication method "nonsense"$'):
        managed.configure({}, hba=["host all all all nonsense"])

    managed.configure({})

    with managed.database() as database:
        assert database.execute("SELECT 1") == [(1,)]


@MANAGED
def test_a_file_outside_of_the_data_directory_is_refused(managed: Server) -> None:
    """``configure`` writes into the data directory and nowhere else; the server keeps running."""
    with pytest.raises(CannotRun, match="without folders"):
        managed.configure({}, files={"../escaped": b""})

    with managed.database() as database:
        assert database.execute("SELECT 1") == [(1,)]


@pytest.mark.parametrize("provider", ["embedded", CONTAINER])
def test_two_servers_start_in_parallel(provider: str) -> None:
    """They are two, with ports, passwords and authorities of their own; after ``close`` neither starts."""
    plain, tls = providers.start_many([{"tls": False}, {"tls": True}], provider=provider)
    with plain, tls, plain.database() as first, tls.database() as second:
        assert plain.port != tls.port
        assert plain.password != tls.password
        assert plain.authority is None
        assert tls.authority is not None
        assert first.execute("SHOW ssl") == [("off",)]
        assert second.execute("SHOW ssl") == [("on",)]
    plain.close()  # again
    with pytest.raises(CannotRun, match="has been closed"):
        plain.start()
