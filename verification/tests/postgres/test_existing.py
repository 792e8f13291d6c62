"""A server that somebody else keeps: used, never changed, and its secrets never shown."""

import socket
from collections.abc import Iterator

import pytest

from verification.errors import CannotRun
from verification.postgres import providers
from verification.postgres.embedded import EmbeddedServer
from verification.postgres.existing import ExistingServer
from verification.processes.identity import ProcessIdentity


@pytest.fixture(scope="module")
def kept() -> Iterator[EmbeddedServer]:
    """The server that "somebody else" keeps."""
    with EmbeddedServer.launch() as server:
        yield server


def _databases(server: EmbeddedServer) -> set[str]:
    return set(server.run_tool("psql", "-Atc", "SELECT datname FROM pg_database").decode().split())


def test_makes_and_drops_its_own_databases_only(kept: EmbeddedServer) -> None:
    """Its databases carry the prefix and go with it; the server and all others stay."""
    theirs = kept.create_database("verification_theirs")
    before = _databases(kept)
    with providers.start("existing", dsn=kept.url()) as server:
        named = server.create_database("named")
        clone = server.create_database(template=named.name)
        assert {named.name, clone.name} == _databases(kept) - before
        assert named.name == "verification_named"
        assert clone.execute("SELECT 1") == [(1,)]
        for name in (theirs.name, "postgres"):
            with pytest.raises(CannotRun, match="not made by this run"):
                server.drop_database(name)
        server.drop_database("named")

    assert _databases(kept) == before
    assert theirs.execute("SELECT 1") == [(1,)]
    kept.drop_database(theirs.name)


def test_is_never_stopped_or_reconfigured(kept: EmbeddedServer) -> None:
    """Each request for it is one line that names the providers that can."""
    with providers.start("existing", dsn=kept.url()) as server:
        for request in (server.start, server.stop, lambda: server.configure({"fsync": "off"}), server.log):
            with pytest.raises(CannotRun, match="somebody else keeps"):
                request()

    assert kept.run_tool("psql", "-Atc", "SELECT 1") == b"1\n"


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


def test_databases_of_dead_runs_are_dropped(kept: EmbeddedServer) -> None:
    """What a killed run of this machine left goes at the next start; a live run's stays."""
    owner = ProcessIdentity.current()
    for name, left_by in (("dead", ProcessIdentity(owner.machine, owner.process, "1")), ("live", owner)):
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
    """TLS that is asked for is required of the server, whatever the DSN would put up with."""
    with pytest.raises(CannotRun, match="server does not support SSL, but SSL was required"):
        providers.start("existing", dsn=kept.url(sslmode="prefer"), tls=True)


def test_tls_server_is_taken() -> None:
    """A TLS server of somebody else's will do; its authority is not ours."""
    with (
        providers.start("embedded", tls=True) as kept,
        providers.start("existing", dsn=kept.url(), tls=True) as server,
    ):
        assert server.authority is None


def test_other_major_version_is_one_line(kept: EmbeddedServer) -> None:
    """A version that the server is not is said, not worked around."""
    with pytest.raises(CannotRun, match=rf"this is PostgreSQL {kept.version}, not 14"):
        providers.start("existing", dsn=kept.url(), major=14)


def test_role_that_may_not_create_databases_is_one_line(kept: EmbeddedServer) -> None:
    """Found out at the start, not in the middle of a run."""
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
