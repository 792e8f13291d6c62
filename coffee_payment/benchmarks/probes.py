"""Probes beside slow payments, and requests per second: `python -m benchmarks.probes [--rounds N] [--probes N]`.

Each server is measured in turn in each round, and the medians are printed: on a shared machine only the ratios of
one run mean something. Needs the variables DB_NAME and so on of a PostgreSQL server, and 127.0.0.1 only.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from payments.models import Device

from benchmarks import processes, shop

GTHREAD: Final = ("--worker-class", "gthread")
BARE: Final = ("benchmarks.bare:application",)
SERVERS: Final = {
    "this server": ((), {}),
    "gthread": (GTHREAD, {"GUNICORN_THREADS": "8", "PROVIDER_CALLS_LIMIT": "1000"}),
}
PROVIDER_SECONDS: Final = 3.0


def main() -> None:
    """Measure and print one JSON object a line."""
    options = _options()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        show(machine())
        device = shop.device()
        order = _orders(device, 1)[0]
        if options.rounds:
            throughput(options, order)
        saturation(options, device)
    finally:
        connection.creation.destroy_test_db(None, verbosity=0)


def show(line: object) -> None:
    """Print one line of the result."""
    print(json.dumps(line), flush=True)


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "load_average": os.getloadavg()[0],
    }


def throughput(options: argparse.Namespace, order: str) -> None:
    """Print the median requests per second, and milliseconds, of each server and path, one worker."""
    view = f"/v1/order-status/{order}"
    cases: dict[str, tuple[str | tuple[str, ...], str]] = {
        "/health, this server": ((), "/health"),
        "/health, gthread": (GTHREAD, "/health"),
        "barest application, this server": (BARE, "/bare"),
        "barest application, gthread": ((*GTHREAD, *BARE), "/bare"),
        "view with one query, this server": ((), view),
        "view with one query, gthread": (GTHREAD, view),
    }
    for server in ("uvicorn", "granian"):  # where they are installed, with a2wsgi
        if find_spec(server) and find_spec("a2wsgi"):
            cases[f"/health, {server}"] = (server, "/health")
            cases[f"view with one query, {server}"] = (server, view)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in cases}
    for _ in range(options.rounds):
        for name, (arguments, path) in cases.items():
            port = processes.free_port()
            environment = {**_environment(), "GUNICORN_THREADS": "8", "LOG_LEVEL": "ERROR"}
            started = (
                processes.event_loop(port, arguments, environment)
                if isinstance(arguments, str)
                else processes.gunicorn(port, 1, environment, arguments)
            )
            with started:
                _client("throughput", port, path, 0.5)
                results[name].append(_client("throughput", port, path, options.seconds))
    for name, figures in results.items():
        medians = {key: round(statistics.median(one[key] for one in figures), 2) for key in figures[0]}
        show({"case": name, **medians, "load_average": os.getloadavg()[0]})


def saturation(options: argparse.Namespace, device: Device) -> None:
    """Print, for each server and number of customers, what the probes met beside payments at a slow provider."""
    provider = processes.free_port()
    with processes.providers(provider, processes.free_port()):
        _post(provider, "/control/latency", {"seconds": PROVIDER_SECONDS})
        for customers in options.customers:
            for name, (arguments, environment) in SERVERS.items():
                port = processes.free_port()
                variables = {**_environment(), **addresses(provider), **environment, "LOG_LEVEL": "ERROR"}
                with (
                    processes.gunicorn(port, 4, variables, arguments),
                    paying(port, device, customers) as answers,
                ):
                    figures = _client("open_loop", port, options.rate, options.probes)
                show({"case": f"{name}, {customers} payments", **figures, "payments": answers, **machine()})


def addresses(port: int) -> dict[str, str]:
    """Return the variables that lead the server to the local providers."""
    url = f"http://127.0.0.1:{port}"
    return {"YOOKASSA_BASE_URL": f"{url}/v3", "TMETR_BASE_URL": url, "TMETR_TOKEN": "token-for-benchmarks"}


@contextmanager
def paying(port: int, device: Device, customers: int) -> Iterator[dict[str, int]]:
    """Let customers press the pay button until the body ends; yield the number of answers by status."""
    stop, lock = threading.Event(), threading.Lock()
    answers: dict[str, int] = {}

    def customer(orders: list[str]) -> None:
        for order in orders:
            status = "503"
            while status == "503" and not stop.is_set():
                wait = 0
                try:
                    answer, wait = _post(port, "/v1/initiate-payment", {"order_id": order})
                    status = str(answer)
                except (OSError, HTTPException):
                    status = "failed"
                with lock:
                    answers[status] = answers.get(status, 0) + 1
                if status == "503":
                    stop.wait(wait * random.uniform(1, 2))  # noqa: S311 - people do not press in step

    ids = _orders(device, customers * 60)
    threads = [
        threading.Thread(target=customer, args=(ids[number::customers],), daemon=True)
        for number in range(customers)
    ]
    for thread in threads:
        thread.start()
    stop.wait(2)  # until the first payments are at the provider
    try:
        yield answers
    finally:
        stop.set()


def _orders(device: Device, count: int) -> list[str]:
    ids = [str(uuid.uuid4()) for _ in range(count)]
    shop.orders(device, ids)
    return ids


def _post(port: int, path: str, body: object) -> tuple[int, int]:
    """Return the status and the seconds of ``Retry-After``."""
    client = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        client.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = client.getresponse()
        response.read()
        return response.status, int(response.headers.get("Retry-After", "1"))
    finally:
        client.close()


def _client(module: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return dict(json.loads(subprocess.check_output(command, cwd=processes.ROOT)))


def _environment() -> dict[str, str]:
    return {
        "DB_NAME": str(connection.settings_dict["NAME"]),
        "SECRET_KEY": settings.SECRET_KEY,
        "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
        "ALLOWED_HOSTS": "*",
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probes", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=5, help="of the measurements of requests per second; 0: none"
    )
    parser.add_argument("--seconds", type=float, default=4, help="of each of them")
    parser.add_argument("--probes", type=int, default=10_000, help="beside the payments")
    parser.add_argument("--rate", type=float, default=200, help="of the probes, per second")
    parser.add_argument("--customers", type=int, nargs="*", default=[64, 200], help="paying at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
