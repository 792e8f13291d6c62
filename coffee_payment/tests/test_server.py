"""The production server with its own configuration, while threads, clients and providers are slow."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.shop import Providers, Shop

ROOT = Path(__file__).resolve().parents[2]
PROBE = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
ALLOWED_SECONDS = 1.0
"""A probe's own time limit, as in the manifests."""


@contextmanager
def serving(temporary: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run gunicorn with one worker; yield process and port when the worker answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    defaults = {
        "GUNICORN_WORKERS": "1",
        "GUNICORN_PORT": str(port),
        "DB_NAME": "none",
        "DB_HOST": "127.0.0.1",
    }
    with (temporary / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")],
            env={**os.environ, "TMPDIR": str(temporary), "DB_PORT": "1", **defaults, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        while process.poll() is None:
            try:
                assert ask(port, seconds=60)[0] == 200
            except ConnectionRefusedError:
                os.sched_yield()
            else:
                break
        yield process, port
    finally:
        process.terminate()
        process.wait(60)


def ask(
    port: int, path: str = "/health", method: str = "GET", body: Any = None, seconds: float = ALLOWED_SECONDS
) -> tuple[int, Any]:
    """Send one request; return status, and headers and body in one dictionary."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, {**dict(response.headers.items()), "body": content}


def exchange(port: int, data: bytes, *, seconds: float = 20) -> bytes:
    """Send bytes and return all that comes until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as client:
        client.sendall(data)
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with a single thread, whose database does not exist."""
    with serving(tmp_path_factory.mktemp("server"), GUNICORN_THREADS="1") as (_, number):
        yield number


def test_pipelined_probes_are_answered_in_order(port: int) -> None:
    """Between them an ordinary request, which goes through a thread; the last one closes."""
    other = b"GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"HEAD /health?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = exchange(port, PROBE + PROBE + other + PROBE * 300 + last)

    statuses = [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"404", *[b"200"] * 301]
    assert answer.count(b'"healthy"') == 302
    assert answer.endswith(b"\r\n\r\n")


def test_many_pipelined_probes_do_not_delay_another_client(tmp_path: Path) -> None:
    """When a single probe is answered, thirty clients have had a few of their three hundred answers each."""
    with serving(tmp_path) as (process, port):
        worker = worker_of(process)
        shares = []
        for _ in range(3):  # the machine may delay this process once
            with ExitStack() as open_clients:
                os.kill(worker, signal.SIGSTOP)
                clients = [
                    open_clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
                    for _ in range(31)
                ]
                for client in clients[:-1]:
                    client.sendall(PROBE * 300)
                clients[-1].sendall(PROBE)
                os.kill(worker, signal.SIGCONT)
                assert clients[-1].recv(4096).startswith(b"HTTP/1.1 200 OK")
                answered = 0
                for client in clients[:-1]:
                    client.setblocking(False)
                    with suppress(BlockingIOError):
                        answered += client.recv(1 << 20).count(b'"healthy"')
                shares.append(answered / (30 * 300))
    assert min(shares) < 0.2


@pytest.mark.parametrize(
    ("data", "beginning"),
    [
        (b"GET /health HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\n"),
        (b"POST /health HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 405 "),
        (b"POST /health HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", b"HTTP/1.1 405 "),
        (b"GET /health/ready HTTP/1.1\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 OK\r\n"),
        (b"GET /health HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", b"HTTP/1.1 4"),
        (b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 20000, b"HTTP/1.1 431 "),
        (b"GET /" + b"x" * 5000, b"HTTP/1.1 4"),
        (b"nonsense\r\n", b"HTTP/1.1 400 "),
    ],
)
def test_unusual_requests(port: int, data: bytes, beginning: bytes) -> None:
    """Old versions, bodies, and heads that are too large are answered, and the connection is closed."""
    assert exchange(port, data).startswith(beginning)
    assert ask(port)[0] == 200


def test_a_probe_that_keeps_its_connection(port: int) -> None:
    """HTTP/1.0 keeps it only when asked to; both answers come on one connection."""
    keep = b"GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    assert exchange(port, keep + b"GET /health HTTP/1.0\r\n\r\n").count(b"HTTP/1.0 200 OK") == 2


def test_slow_and_idle_clients_hold_no_thread(port: int) -> None:
    """Half of a head, half of a body, nothing at all, and idle after a probe: the one thread stays free."""
    half_body = b"POST /v1/process_payment HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    beginnings = (b"GET /health HT", b"GET /missing HTTP/1.1\r\nHost: local", half_body, b"", PROBE)
    with ExitStack() as open_clients:
        for number in range(400):
            client = open_clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            client.sendall(beginnings[number % len(beginnings)])
        assert ask(port)[0] == 200
        assert ask(port, "/missing", seconds=20)[0] == 404


def test_the_longest_idle_connections_give_way(tmp_path: Path) -> None:
    """A server that may hold 300 connections answers the probe when 330 clients are connected and idle."""
    variables = {"GUNICORN_THREADS": "1", "GUNICORN_CMD_ARGS": "--keep-alive 60 --worker-connections 300"}
    with serving(tmp_path, **variables) as (_, port), ExitStack() as open_clients:
        for _ in range(330):
            client = open_clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            client.sendall(PROBE)
            assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")
        assert ask(port)[0] == 200


def worker_of(process: subprocess.Popen[bytes]) -> int:
    """Return the process id of the only worker."""
    (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(worker)


def test_what_waits_in_the_backlog_at_the_stop_is_served(tmp_path: Path) -> None:
    """Clients that connected before the server closed its port get their answer, and the exit status is 0."""
    with serving(tmp_path, GUNICORN_DRAIN_S="0") as (process, port), ExitStack() as open_clients:
        worker = worker_of(process)
        os.kill(worker, signal.SIGSTOP)  # so that nothing is accepted
        clients = [
            open_clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            for _ in range(40)
        ]
        for number, client in enumerate(clients):
            client.sendall(PROBE if number % 2 else b"GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        process.terminate()
        os.kill(worker, signal.SIGCONT)
        answers = [client.recv(4096)[:12] for client in clients]
        assert process.wait(60) == 0

    assert answers == [b"HTTP/1.1 404", b"HTTP/1.1 200"] * 20


def test_readiness_turns_before_the_port_closes(tmp_path: Path) -> None:
    """After SIGTERM new connections are accepted: not ready, but healthy."""
    with serving(tmp_path, GUNICORN_DRAIN_S="20") as (process, port):
        assert ask(port, "/health/ready")[0] == 200
        process.terminate()
        while (answer := ask(port, "/health/ready", seconds=10))[0] == 200:
            os.sched_yield()
        assert answer[0] == 503
        assert json.loads(answer[1]["body"]) == {"status": "stopping"}
        assert ask(port)[0] == 200
        assert ask(port, "/missing", seconds=10)[0] == 404
        process.kill()  # the order of the rest is the other test's
        process.wait(60)


def test_a_timeout_below_the_longest_request_ends_the_start_up() -> None:
    """The message names both variables."""
    process = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--check-config"],
        env={**os.environ, "GUNICORN_TIMEOUT": "30", "PAYMENT_API_TIMEOUT_S": "8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode != 0
    assert "GUNICORN_TIMEOUT must be above 32" in process.stderr


@pytest.mark.parametrize(
    ("key", "says"), [("", "must be set"), ("no-key", "must hold keys of 32 bytes"), (f"{'a' * 43}=", "")]
)
def test_without_an_encryption_key_the_server_does_not_start(key: str, says: str) -> None:
    """One line, without the value."""
    process = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--check-config"],
        env={**os.environ, "DEBUG": "false", "SECRET_KEY": "x" * 50, "CREDENTIALS_ENCRYPTION_KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert process.returncode == (2 if says else 0)
    assert says in process.stderr
    assert "Traceback" not in process.stderr
    assert "no-key" not in process.stderr


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_slow_provider_stops_neither_probes_nor_other_customers(
    tmp_path: Path, shop: "Shop", providers: "Providers"
) -> None:
    """A payment and a scan hold both threads; then only one; the second payment is refused and stays payable."""
    from django.conf import settings
    from django.db import connection

    from tests.shop import attempts, state

    database = connection.settings_dict
    variables = {
        **{f"DB_{name}": str(database[name]) for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
        "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
        "ALLOWED_HOSTS": "*",
        "YOOKASSA_BASE_URL": f"{providers.server.url}/v3",
        "TMETR_BASE_URL": providers.server.url,
        "TMETR_TOKEN": "test-token-of-tmetr",
        "PAYMENT_API_TIMEOUT_S": "7",
        "GUNICORN_THREADS": "2",
    }
    device = shop.device()
    first, second = shop.order(device), shop.order(device)
    released = threading.Event()
    answer_of = providers.server.answer

    def answer(call: Any) -> Any:
        released.wait(30)
        return answer_of(call)

    providers.server.answer = answer  # type: ignore[method-assign]
    with serving(tmp_path, **variables) as (process, port), ThreadPoolExecutor(2) as customers:
        try:
            paying = customers.submit(pay, port, first.pk)
            while not providers.server.calls_to("/v3"):
                os.sched_yield()
            status, refused = pay(port, second.pk)
            assert (status, refused["Retry-After"]) == (503, "5")
            assert "медленно" in json.loads(refused["body"])["error"]
            assert (state(second), attempts(second)) == ("created", [])
            assert ask(port, f"/v1/order-status-page?order_id={second.pk}", seconds=20)[0] == 200

            scan = f"/v1/pay?deviceUuid={device.device_uuid}&drinkName=x&drinkNo=7&uuid=new-order&size=1"
            scanning = customers.submit(ask, port, scan, seconds=60)
            while not providers.server.calls_to("/api"):
                os.sched_yield()
            for method, expected in (("GET", 200), ("HEAD", 200), ("POST", 405)):
                assert ask(port, method=method)[0] == expected
            assert ask(port, "/health/ready")[0] == 200
        finally:
            released.set()
        assert (paying.result()[0], scanning.result()[0]) == (200, 302)
        assert pay(port, second.pk)[0] == 200

        released.clear()
        third = shop.order(device)
        calls = len(providers.server.calls_to("/v3"))
        paying = customers.submit(pay, port, third.pk)
        while len(providers.server.calls_to("/v3")) == calls:
            os.sched_yield()
        process.terminate()
        while is_ready(port):
            os.sched_yield()
        released.set()
        assert paying.result()[0] == 200
        assert process.wait(60) == 0
    assert state(third) == "pending"


def is_ready(port: int) -> bool:
    """Return whether new requests would be sent to the server."""
    try:
        return ask(port, "/health/ready", seconds=10)[0] == 200
    except ConnectionError:  # the port is closed already
        return False


def pay(port: int, order_id: str) -> tuple[int, Any]:
    """Press the pay button."""
    return ask(port, "/v1/initiate-payment", "POST", {"order_id": order_id}, seconds=60)
