"""A server that the harness did not start: used, not changed, and its secrets not shown."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from verification.errors import CannotRun
from verification.postgres import providers
from verification.postgres.embedded import EmbeddedServer
from verification.postgres.existing import ExistingServer
from verification.processes.identity import ProcessIdentity


@pytest.fixture(scope="module")
def kept() -> Iterator[EmbeddedServer]:
    """The existing server, started by other code than the provider under test."""
    with EmbeddedServer.launch() as server:
        yield server


def _databases(server: EmbeddedServer) -> set[str]:
    return set(server.run_tool("psql", "-Atc", "SELECT datname FROM pg_database").decode().split())


def test_makes_and_drops_its_own_databases_only(kept: EmbeddedServer) -> None:
    """Its databases have the prefix and are dropped with it; all others are kept."""
    theirs = kept.create_database("verification_theirs")
    before = _databases(kept)
    with providers.start("existing", dsn=kept.url()) as server:
        named = server.create_database("named")
        clone = server.create_database(template=named.name)
        assert {named.name, clone.name} == _databases(kept) - before
        assert named.name == "verification_named"
        assert clone.execute("SELECT 1") == [(1,)]
        for name in (theirs.name, "postgres"):
            with pytest.raises(CannotRun, match="not created by this run"):
                server.drop_database(name)
        server.drop_database("named")

    assert _databases(kept) == before
    assert theirs.execute("SELECT 1") == [(1,)]
    kept.drop_database(theirs.name)


@pytest.mark.parametrize("form", ["url", "keywords"])
def test_both_forms_of_a_dsn(kept: EmbeddedServer, form: str) -> None:
    """A URL and libpq's keywords lead to the same server, parameters kept."""
    keywords = (
        f"host={kept.host} port={kept.port} user={kept.user} password={kept.password} "
        "dbname=template1 application_name=theirs"
    )
    dsn = kept.url("template1", application_name="theirs") if form == "url" else keywords
    with providers.start("existing", dsn=dsn) as server, server.database() as database:
        assert server.address == kept.address
        assert server.version == kept.version
        assert database.execute("SHOW application_name") == [("theirs",)]
        assert server.run_tool("psql", "-Atc", "SELECT current_user") == b"postgres\n"


def test_socket_folder_and_strange_password(kept: EmbeddedServer) -> None:
    """Host and password are quoted wherever a URL is made of them."""
    kept.run_tool("psql", "-c", "CREATE ROLE strange LOGIN CREATEDB PASSWORD 'p@ss/w:rd %'")
    dsn = f"host={kept.socket_directory} port={kept.port} user=strange password='p@ss/w:rd %'"
    with providers.start("existing", dsn=dsn) as server, server.database() as database:
        assert database.execute("SELECT current_user") == [("strange",)]
    kept.run_tool("psql", "-c", "DROP ROLE strange")


def test_databases_of_dead_runs_are_dropped(kept: EmbeddedServer, tmp_path: Path) -> None:
    """The next start drops the database of a dead run; a live run's is kept."""
    owner = ProcessIdentity.current()
    free = tmp_path / "owner"
    free.touch()
    for name, left_by in (("dead", ProcessIdentity(owner.machine, owner.process, free)), ("live", owner)):
        kept.create_database(f"verification_{name}")
        kept.run_tool("psql", "-c", f"COMMENT ON DATABASE verification_{name} IS '{left_by}'")

    providers.start("existing", dsn=kept.url()).close()

    assert "verification_dead" not in _databases(kept)
    assert "verification_live" in _databases(kept)
    kept.drop_database("verification_live")


def _bad(kept: EmbeddedServer) -> dict[str, tuple[str, str]]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
    good = f"{kept.host}:{kept.port}"
    return {
        "nobody listens": (f"postgresql://me:s3cret@127.0.0.1:{closed}/x", "Connection refused"),
        "wrong password": (f"postgresql://postgres:s3cret@{good}/postgres", "password authentication failed"),
        "unknown database": (kept.url("nowhere"), 'database "nowhere" does not exist'),
        "not a DSN": ("me s3cret there", "neither a URL nor libpq keywords"),
        "unknown parameter": (
            f"postgresql://me:s3cret@{good}/x?colour=red",
            "neither a URL nor libpq keywords",
        ),
        "misspelt mode": (
            f"postgresql://postgres:s3cret@{good}/x?sslmode=verify_full",
            "invalid sslmode value",
        ),
    }


@pytest.mark.parametrize(
    "case",
    [
        "nobody listens",
        "wrong password",
        "unknown database",
        "not a DSN",
        "unknown parameter",
        "misspelt mode",
    ],
)
def test_bad_dsn_is_one_line_without_secrets(kept: EmbeddedServer, case: str) -> None:
    """What is wrong, where and what to do; never the password."""
    dsn, words = _bad(kept)[case]

    with pytest.raises(CannotRun, match=words) as caught:
        providers.start("existing", dsn=dsn)

    message = str(caught.value)
    assert "\n" not in message
    assert "s3cret" not in message
    assert kept.password not in message


def test_tls_from_a_server_without_it_is_one_line(kept: EmbeddedServer) -> None:
    """With ``tls`` the server must offer TLS, also if the DSN does not require it."""
    with pytest.raises(CannotRun, match="server does not support SSL, but SSL was required"):
        providers.start("existing", dsn=kept.url(sslmode="prefer"), tls=True)


def test_other_major_version_is_one_line(kept: EmbeddedServer) -> None:
    """The line names both versions."""
    with pytest.raises(CannotRun, match=rf"this is PostgreSQL {kept.version}, not 14"):
        providers.start("existing", dsn=kept.url(), major=14)


def test_role_that_may_not_create_databases_is_one_line(kept: EmbeddedServer) -> None:
    """The line comes at the start, not in the middle of a run."""
    kept.run_tool("psql", "-c", "CREATE ROLE weak LOGIN PASSWORD 'weak'")

    with pytest.raises(CannotRun, match="'weak' may not create databases"):
        providers.start("existing", dsn=f"postgresql://weak:weak@{kept.address}/postgres")

    kept.run_tool("psql", "-c", "DROP ROLE weak")


def test_tools_need_programs_of_the_servers_version(
    kept: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older programs cannot read a newer server: one line, no wrong dump."""
    monkeypatch.setattr("verification.postgres.binaries.installations", list)
    with (
        ExistingServer.launch(kept.url()) as server,
        pytest.raises(CannotRun, match="no pg_dump of PostgreSQL"),
    ):
        server.run_tool("pg_dump")
