"""`/health/deep` and `/health/metrics`, with real dependencies that answer, refuse and hang."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def listener(answer: Callable[[bytes], bytes] | None) -> Iterator[int]:
    """A TCP server that answers whatever it is sent; None: it never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                held.append(client)
                if answer is not None:
                    threading.Thread(target=converse, args=(client,), daemon=True).start()

        def converse(client: socket.socket) -> None:
            try:
                while asked := client.recv(4096):
                    client.sendall(answer(asked) if answer else b"")
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for client in held:
                client.close()


HTTP_REFUSAL = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
HTTP_BROKEN = b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def redis_answer(commands: bytes) -> bytes:
    """One short reply for each command of the old protocol."""
    return b"+PONG\r\n" * len(re.findall(rb"\*\d+\r\n", commands))


def refusal(_: bytes) -> bytes:
    return HTTP_REFUSAL


def broken(_: bytes) -> bytes:
    return HTTP_BROKEN


@pytest.fixture
def deep(settings: Any) -> Any:
    """The settings, with the endpoint enabled and a short timeout."""
    settings.HEALTH_DEEP_ENABLED = settings.HEALTH_METRICS_ENABLED = True
    settings.PAYMENT_API_TIMEOUT_S = 0.5
    return settings


def states(client: Client) -> tuple[int, dict[str, str]]:
    response = client.get("/health/deep", headers={"host": "10.1.2.3"})
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, {name: check["status"] for name, check in response.json()["checks"].items()}


@pytest.mark.django_db(transaction=True)
def test_all_dependencies_answer(deep: Any, client: Client) -> None:
    """200; a refusal by TMetr shows that it is there."""
    with listener(redis_answer) as redis, listener(refusal) as tmetr:
        deep.CELERY_BROKER_URL = f"redis://127.0.0.1:{redis}/0?protocol=2"
        deep.TMETR_BASE_URL = f"http://127.0.0.1:{tmetr}"

        assert states(client) == (200, {"database": "healthy", "broker": "healthy", "tmetr": "healthy"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", [broken, None])
def test_what_fails_or_hangs_is_named(
    deep: Any, client: Client, answer: Callable[[bytes], bytes] | None, caplog: pytest.LogCaptureFixture
) -> None:
    """503 with the name of the dependency; details are only in the log."""
    with listener(None) as redis, listener(answer) as tmetr:
        deep.CELERY_BROKER_URL = f"redis://:private@127.0.0.1:{redis}/0"
        deep.TMETR_BASE_URL = f"http://127.0.0.1:{tmetr}"

        status, found = states(client)

    assert (status, found) == (503, {"database": "healthy", "broker": "unhealthy", "tmetr": "unhealthy"})
    assert {record.__dict__.get("dependency") for record in caplog.records} >= {"broker", "tmetr"}


@pytest.mark.parametrize("path", ["/health/deep", "/health/metrics"])
def test_it_is_off_by_default(client: Client, path: str) -> None:
    """404 without a query: this test has no database."""
    assert client.get(path).status_code == 404


def test_other_methods_are_refused(deep: Any, client: Client) -> None:
    """405, as for /health."""
    assert client.post("/health/deep").status_code == 405
    assert client.post("/health/metrics").status_code == 405


def figures(text: str) -> dict[tuple[str, str], float]:
    """The samples of a scrape: (name, value of the first label) -> value."""
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_the_probes(client: Client, settings: Any) -> None:
    """Answers by status and their time, without the database."""
    settings.HEALTH_METRICS_ENABLED = True
    before = figures(client.get("/health/metrics", headers={"host": "10.1.2.3"}).content.decode())
    client.get("/health")
    client.head("/health")
    client.post("/health")
    with mock.patch("payments.views.current_time", side_effect=OSError):
        client.get("/health")
    after = figures(client.get("/health/metrics").content.decode())

    def growth(name: str, label: str = "") -> float:
        return after[name, label] - before[name, label]

    assert [growth("health_checks_total", status) for status in ("200", "405", "500")] == [2, 1, 1]
    assert growth("health_check_duration_seconds_count") == 4


def ask(port: int, path: str, status: int = 200) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    assert response.status == status, body
    return body


@contextmanager
def gunicorn(
    temporary: Path, *, workers: int = 1, **variables: str
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a server; yield process and port when it answers, end it by SIGTERM, keep its output."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables |= {"GUNICORN_PORT": str(port), "GUNICORN_WORKERS": str(workers), "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Booting worker" in line:
                break
        ask(port, "/health")  # gunicorn loses a SIGTERM to a worker that is still booting
        yield process, port
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_any_worker_answers_for_all_of_them(tmp_path: Path) -> None:
    """Two gunicorn workers share their figures, beside a third that has just made its file; nothing is left."""
    with gunicorn(tmp_path, workers=2, HEALTH_METRICS_ENABLED="true") as (_, port):
        (folder,) = tmp_path.iterdir()
        (folder / "counter_0.db").touch()
        for _ in range(29):  # and one when it was started
            ask(port, "/health")
        counts = {figures(ask(port, "/health/metrics"))["health_checks_total", "200"] for _ in range(10)}

    assert counts == {30}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_what_a_killed_server_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    """Folders of running servers, and folders that no server made, stay."""
    foreign = tmp_path / "coffee-payment-metrics-of-somebody"
    foreign.mkdir()
    with gunicorn(tmp_path) as (killed, _):
        (left,) = set(tmp_path.iterdir()) - {foreign}
        with gunicorn(tmp_path):
            (other,) = set(tmp_path.iterdir()) - {foreign, left}
            killed.kill()
            killed.communicate(timeout=30)  # until the output is closed: by then the workers have ended too
            with gunicorn(tmp_path):
                assert left not in tmp_path.iterdir()
                assert other in tmp_path.iterdir()

    assert set(tmp_path.iterdir()) == {foreign}


def test_gunicorns_own_lines_hide_the_secrets(tmp_path: Path) -> None:
    """Access lines do not pass through the logging of the settings."""
    secrets = {
        "SECRET_KEY": "django-key-of-this-test",
        "DB_PASSWORD": "database-word-of-this-test",
        "TMETR_TOKEN": "machine-token-of-this-test",
        "CREDENTIALS_ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }
    with gunicorn(tmp_path, **secrets) as (process, port):
        for number, secret in enumerate(secrets.values()):
            ask(port, f"/{number}/{secret}", 404)
    assert process.stdout is not None
    lines = [json.loads(line) for line in process.stdout.read().splitlines()]

    paths = sorted(line["path"] for line in lines if line["logger"] == "gunicorn.access")
    assert paths == [f"/{number}/***" for number in range(len(secrets))]


def test_gunicorn_hides_the_secrets_that_the_settings_hide() -> None:
    """The lists are separate because both files must name variables literally."""
    code = (
        "import json, runpy, sys; configured = runpy.run_path(sys.argv[1])['logconfig_dict'];"
        "from coffee_payment.settings import LOGGING;"
        "print(json.dumps([each['formatters']['json']['secrets'] for each in (configured, LOGGING)]))"
    )
    secrets = {name: f"value of {name}" for name in ("SECRET_KEY", "DB_PASSWORD", "TMETR_TOKEN")}
    secrets["CREDENTIALS_ENCRYPTION_KEY"] = Fernet.generate_key().decode()
    output = subprocess.check_output(
        [sys.executable, "-c", code, str(ROOT / "gunicorn.conf.py")],
        env={**os.environ, **secrets},
        text=True,
    )
    gunicorns, settings = json.loads(output)
    assert gunicorns == settings == list(secrets.values())
