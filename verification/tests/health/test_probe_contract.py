"""The contract of a probe: a server that keeps it has no findings, each violation is one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import verification
from verification.health import probe_contract
from verification.project.http_servers import Application
from verification.project.web_server import WebServer

APPLICATION = """
import sys

METHODS = {"GET", "HEAD"}

def application(environ, start_response):
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    headers, body = [("Content-Length", "2")], b"ok"
    status = "200 OK" if method in METHODS else "405 Method Not Allowed"
    if path == "/strict":
        status, headers = "301 Moved Permanently", [*headers, ("Location", "https://pod/strict")]
    elif path == "/session":
        headers.append(("Set-Cookie", "sessionid=1"))
    elif path == "/stream":
        headers, body = [], b"ok"
    if method not in METHODS and path == "/health":
        headers.append(("Allow", "GET, HEAD"))
    if method not in METHODS and path == "/every":
        status = "200 OK"
    if path != "/health" and path != "/quiety":
        print(f"{method} {path} served by /srv/health/app.py", file=sys.stderr, flush=True)
    start_response(status, headers)
    return [] if method == "HEAD" else [body]
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A server with one path that keeps the contract and one for each violation."""
    directory = tmp_path_factory.mktemp("application")
    (directory / "contract.py").write_text(APPLICATION, encoding="utf-8")
    harness = str(Path(verification.__file__).resolve().parent.parent)
    with WebServer(
        Application(name="contract:application"), {**os.environ, "PYTHONPATH": harness}, directory=directory
    ) as web:
        yield web.wait("/health")


def test_endpoint_that_keeps_the_contract(web: WebServer) -> None:
    """No finding for an endpoint that answers, refuses and stays silent as it should."""
    assert list(probe_contract.wrong_answers(web, "/health")) == []
    assert list(probe_contract.wrong_methods(web, "/health")) == []
    assert probe_contract.log_noise(web, "/health", probes=3) == ([], True)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/strict",
            "GET /strict with Host 10.244.3.17:8000: 301 to https://pod/strict, a probe must see 200",
        ),
        ("/session", "HEAD /session with Host 10.244.3.17:8000: sets a cookie"),
        ("/stream", "GET /stream: Content-Length is None, the body 2"),
    ],
)
def test_answer_that_misleads_a_probe(web: WebServer, path: str, words: str) -> None:
    """A redirect, a cookie and an answer without a length are findings."""
    assert words in list(probe_contract.wrong_answers(web, path))


def test_answer_whose_end_is_that_of_the_connection(web: WebServer) -> None:
    """HTTP allows it; only a project that promises the length is held to it (a middleware that answers first)."""
    assert list(probe_contract.wrong_answers(web, "/stream", length=False)) == []


def test_method_that_is_not_refused(web: WebServer) -> None:
    """A method that is answered, and one that is refused without Allow, are findings."""
    assert "POST /every: 200 instead of 405" in list(probe_contract.wrong_methods(web, "/every"))
    assert "PUT /session: Allow is None instead of 'GET, HEAD'" in list(
        probe_contract.wrong_methods(web, "/session")
    )


def test_probes_in_the_log(web: WebServer) -> None:
    """A line for each probe is a finding; so is no line for a path that only begins alike."""
    noisy, _ = probe_contract.log_noise(web, "/every", probes=3)
    too_quiet, _ = probe_contract.log_noise(web, "/quiet", probes=3)

    assert [line.partition(":")[0] for line in noisy] == ["3 probes left 3 lines in the log"]
    assert too_quiet[-1] == "/quiety is kept out of the log like /quiet; it is another path"
