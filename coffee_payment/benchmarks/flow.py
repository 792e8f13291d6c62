"""Orders per second from the scan to the make command, over real HTTP."""

import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks.processes import processor_seconds

BUSY: Final = 503
PAUSE_SECONDS: Final = 0.1
"""Before a customer whom the bound on provider calls refused tries again; the server asks for 5 s."""


@dataclass(frozen=True)
class Flow:
    """What the customers met."""

    orders: int
    seconds: float
    durations: list[float]
    """Seconds of each whole order, sorted."""
    processor_seconds: float
    """What the server's processes took of the processor."""

    def __str__(self) -> str:
        """Return the figures in one line."""
        p50, p95 = statistics.median(self.durations), self.durations[int(len(self.durations) * 0.95)]
        rate = self.orders / self.seconds
        each = self.processor_seconds / self.orders * 1000
        return f"{rate:.1f}/s ({self.orders}; one takes p50 {p50:.3f} s, p95 {p95:.3f} s, {each:.1f} ms of processor)"


@dataclass(frozen=True)
class Addresses:
    """The ports of server and providers, the server's process, and the machine that everybody buys at."""

    server: int
    providers: int
    process: int
    device: str


def measure(at: Addresses, *, customers: int, seconds: float) -> Flow:
    """Return the orders per second of customers who buy one drink after another."""
    until = time.monotonic() + seconds
    # Machines send a heartbeat now and then; without this the local TMetr has a new one for each scan.
    _call(at.providers, "POST", "/control/tmetr", {"heartbeats": {at.device: time.time()}}, 200)

    def buy_until_the_end(_: int) -> list[float]:
        durations = []
        while time.monotonic() < until:
            begun = time.monotonic()
            buy(at.server, at.providers, at.device)
            durations.append(time.monotonic() - begun)
        return durations

    return _timed(at, buy_until_the_end, range(customers), customers)


def measure_webhooks(at: Addresses, *, customers: int, notifications: int) -> Flow:
    """Return the paid notifications per second, each of an order of its own."""
    with ThreadPoolExecutor(customers) as pool:
        payments = list(pool.map(lambda _: _start(at.server, at.device)[1], range(notifications)))

    def notify(payment: str) -> list[float]:
        begun = time.monotonic()
        _notify(at.providers, payment)
        return [time.monotonic() - begun]

    return _timed(at, notify, payments, customers)


def measure_bare(at: Addresses, *, customers: int, requests: int) -> Flow:
    """Return the requests per second of `benchmarks.bare_django`: an order has three, and cannot cost less."""

    def ask(_: int) -> list[float]:
        begun = time.monotonic()
        _call(at.server, "GET", "/bare", None, 200)
        return [time.monotonic() - begun]

    return _timed(at, ask, range(requests), customers)


def _timed(at: Addresses, work: Callable[[Any], list[float]], items: Iterable[Any], customers: int) -> Flow:
    begun, used = time.monotonic(), processor_seconds(at.process)
    with ThreadPoolExecutor(customers) as pool:
        durations = sorted(duration for each in pool.map(work, items) for duration in each)
    return Flow(len(durations), time.monotonic() - begun, durations, processor_seconds(at.process) - used)


def buy(server: int, providers: int, device: str) -> str:
    """Scan, pay, and be notified; return the order's id. Raises `RuntimeError` for an answer that is not expected."""
    order, payment = _start(server, device)
    _notify(providers, payment)
    return order


def _start(server: int, device: str) -> tuple[str, str]:
    """Scan and press the button; return the ids of order and payment."""
    order = str(uuid.uuid4())
    scan = {"deviceUuid": device, "drinkName": "Капучино", "drinkNo": "7", "uuid": order, "size": "1"}
    _call(server, "GET", f"/v1/pay?{urlencode(scan)}", None, 302)
    answer = _call(server, "POST", "/v1/initiate-payment", {"order_id": order}, 200)
    return order, str(answer["redirect_url"].rpartition("/")[2])


def _notify(providers: int, payment: str) -> None:
    """Pay; the provider notifies the server, which makes the drink before it answers."""
    settled = {"status": "succeeded", "notify": True}
    path = f"/control/yookassa/{payment}"
    while (answered := _call(providers, "POST", path, settled, 200)) == {"answered": BUSY}:
        time.sleep(PAUSE_SECONDS)
    if answered != {"answered": 200}:
        raise RuntimeError(f"the notification was answered {answered}")


def _call(port: int, method: str, path: str, body: object, expected: int) -> dict[str, Any]:
    """Return the JSON of the expected answer; a server that is busy is asked again."""
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status == expected:
            return dict(json.loads(content)) if response.status == 200 else {}  # noqa: PLR2004 - OK
        if response.status != BUSY or not response.headers["Retry-After"]:
            raise RuntimeError(f"{method} {path.partition('?')[0]}: {response.status} {content[:200]!r}")
        time.sleep(PAUSE_SECONDS)
