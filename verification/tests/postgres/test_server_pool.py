"""One process starts the server that parallel workers share, and answers each that asks, whatever happens."""

import socket
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client

import pytest

from verification.errors import CannotRun
from verification.postgres.server import Server
from verification.postgres.server_pool import ServerPool


@pytest.fixture
def pool(verification_server: Server) -> Iterator[ServerPool]:
    """The pool of the process that has the server."""
    pool = ServerPool("existing", dsn=verification_server.url())
    yield pool
    pool.close()


@pytest.mark.parametrize("stranger", ["leaves at once", "has another key"])
def test_a_stranger_at_its_port_keeps_nobody_from_the_server(pool: ServerPool, stranger: str) -> None:
    """The thread that answers goes on."""
    address = pool.share()
    if stranger == "leaves at once":
        socket.create_connection(address[:2]).close()
    else:
        with pytest.raises(AuthenticationError):
            Client(address[:2], authkey=b"another")

    assert ServerPool("existing", shared=address).plain().address == pool.plain().address


def test_an_error_of_any_kind_is_told_to_each_who_asks(
    pool: ServerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them waits."""
    monkeypatch.setattr(pool, "plain", lambda: 1 / 0)
    address = pool.share()

    for _ in range(2):
        with pytest.raises(CannotRun, match="shared server was not started: ZeroDivisionError"):
            ServerPool("existing", shared=address).plain()


def test_the_end_of_the_process_is_told(pool: ServerPool) -> None:
    """Nobody answers any more."""
    address = pool.share()
    pool.close()

    with pytest.raises(CannotRun, match="has ended"):
        ServerPool("existing", shared=address).plain()
