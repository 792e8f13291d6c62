"""`/health` over HTTP, through the whole stack, with any Host header."""

import http.client
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from payments import views

ROOT = Path(__file__).resolve().parents[2]


class Quiet(WSGIRequestHandler):
    """Handles requests without log lines of its own."""

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """The whole Django stack behind a real socket; no database is allowed."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ask(port: int, method: str = "GET", path: str = "/health", **headers: str) -> tuple[Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_a_probe_learns_that_the_server_is_healthy(port: int) -> None:
    """200, exactly two fields, the time in UTC, never cached, no cookie."""
    before = datetime.now(UTC)
    response, body = ask(port)

    answer = json.loads(body)
    assert response.status == 200
    assert answer == {"status": "healthy", "timestamp": mock.ANY}
    assert answer["timestamp"].endswith("+00:00")
    assert before <= datetime.fromisoformat(answer["timestamp"]) <= datetime.now(UTC)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Length"] == str(len(body))
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


def test_head_answers_like_get_without_a_body(port: int) -> None:
    """HEAD has the same headers as GET."""
    response, body = ask(port, "HEAD")

    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 0
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(port: int, method: str) -> None:
    """405 names the methods allowed, and no CSRF check comes before it."""
    response, _ = ask(port, method)

    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["10.244.1.17:8000", "evil.example", "[::1]", "not a host", "_", ""])
def test_any_host_header_is_accepted(port: int, host: str) -> None:
    """Probes use the pod's IP as Host; other paths refuse it."""
    assert ask(port, Host=host)[0].status == 200
    with override_settings(DEBUG=False):
        assert ask(port, path="/v1/order-status-page", Host="evil.example")[0].status == 400


def test_a_probe_is_never_redirected() -> None:
    """A redirect counts as healthy for the kubelet, so it would hide a dead server."""
    with override_settings(SECURE_SSL_REDIRECT=True):
        client = Client()

        assert client.get("/health").status_code == 200
        assert client.get("/v1/order-status-page").status_code == 301


@pytest.mark.parametrize("path", ["/healthy", "/health/", "//health", "/v1/health"])
def test_paths_like_it_are_not_it(path: str) -> None:
    """Only the exact path skips the other middleware."""
    assert Client().get(path).status_code == 404


def test_the_route_exists_as_well() -> None:
    """Without the middleware the same view answers."""
    rest = [each for each in settings.MIDDLEWARE if "HealthMiddleware" not in each]
    with override_settings(MIDDLEWARE=rest):
        assert Client().get(reverse("health_check")).json()["status"] == "healthy"


def fail() -> str:
    raise OSError("/etc/private-detail")


FAILURES = [
    ("payments.views.current_time", None),
    ("payments.views.healthy", mock.ANY),
]


@pytest.mark.parametrize(("part", "timestamp"), FAILURES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_failure_is_told_and_logged_without_detail(
    part: str, timestamp: object, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    """500 with the same two fields, the time null when the clock failed; the log has the traceback."""
    request = RequestFactory().generic(method, "/health")
    with mock.patch(part, side_effect=lambda *_: fail()), caplog.at_level(logging.ERROR):
        response = views.health_check(request)

    answer = json.loads(response.content)
    assert response.status_code == 500
    assert answer == {"status": "unhealthy", "timestamp": timestamp}
    assert (answer["timestamp"] is None) == (timestamp is None)
    assert response.headers["Cache-Control"] == "no-store"
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "private-detail" in str(record.exc_info[1])


def test_a_successful_probe_leaves_no_log_line(port: int, caplog: pytest.LogCaptureFixture) -> None:
    """Neither Django nor the view logs a probe at INFO or above."""
    with caplog.at_level(logging.INFO):
        ask(port)

    assert caplog.records == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_gunicorn_answers_probes_and_keeps_them_out_of_its_log(tmp_path: Path) -> None:
    """The production server with its own configuration, and with a database that does not exist."""
    number = free_port()
    variables = {
        "GUNICORN_PORT": str(number),
        "GUNICORN_WORKERS": "1",
        "DB_NAME": "none",
        "DB_HOST": "127.0.0.1",
        "DB_PORT": "1",
        "PYTHONUNBUFFERED": "1",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")],
            env={**os.environ, **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_listening(number, process)
        assert ask(number, Host="10.1.2.3")[0].status == 200
        response, body = ask(number, "HEAD")
        assert (response.status, body) == (200, b"")
        assert ask(number, "DELETE")[0].status == 405
        missing = ask(number, path="/healthy?order=private")[0]
        assert missing.status == 404
    finally:
        process.terminate()
        status = process.wait(timeout=30)

    assert status == 0

    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    access = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert [(line["method"], line["path"], line["status"]) for line in access] == [
        ("DELETE", "/health", 405),
        ("GET", "/healthy", 404),
    ]
    assert access[1]["request_id"] == missing.headers["X-Request-ID"]


def wait_until_listening(number: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first answer: connections queue in the kernel as soon as the master listens."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
        except OSError:
            os.sched_yield()
        else:
            return
    pytest.fail("gunicorn ended before it listened")
