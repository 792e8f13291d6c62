"""Outgoing calls over https: only to a server with a certificate of the host."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import certifi
import pytest
import trustme
from payments.outgoing import exchange
from payments.outgoing.errors import ProviderTimeout, ProviderUnavailable
from payments.outgoing.http import call_json

AUTHORITY = trustme.CA()
STRANGER = trustme.CA()
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


class Answering(BaseHTTPRequestHandler):
    """Answers every request with success."""

    def do_GET(self) -> None:
        """Answer."""
        content = b'{"well": true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Quiet(HTTPServer):
    """Ignores failed handshakes."""

    def handle_error(self, *_: object) -> None:
        """Ignore it: the client reports the error."""


@contextmanager
def serving(certificate: trustme.LeafCert | None) -> Iterator[int]:
    """Run a server with a certificate, or without TLS; yield its port."""
    with Quiet(("127.0.0.1", 0), Answering) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trust only one authority."""
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    monkeypatch.setattr(certifi, "where", lambda: str(file))
    exchange._trust_store.cache_clear()
    yield
    exchange._trust_store.cache_clear()


def test_the_host_that_was_asked_for_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxies of the environment are not used."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(AUTHORITY.issue_cert("127.0.0.1")) as port:
        assert call_json("GET", f"https://127.0.0.1:{port}/") == {"well": True}


@pytest.mark.parametrize(
    "certificate",
    [
        lambda: STRANGER.issue_cert("127.0.0.1"),
        lambda: AUTHORITY.issue_cert("127.0.0.2"),
        lambda: AUTHORITY.issue_cert(
            "127.0.0.1", not_before=YESTERDAY - timedelta(days=1), not_after=YESTERDAY
        ),
        lambda: None,
    ],
    ids=["unknown authority", "another host", "expired", "no TLS"],
)
def test_nobody_else_is(certificate: Callable[[], trustme.LeafCert | None]) -> None:
    with serving(certificate()) as port, pytest.raises(ProviderUnavailable):
        call_json("GET", f"https://127.0.0.1:{port}/")


def test_a_handshake_that_never_ends_is_a_timeout() -> None:
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                accepted.append(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        with pytest.raises(ProviderTimeout):
            call_json("GET", f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    for each in accepted:
        each.close()
