"""Orders per second from the scan to the make command, over real HTTP."""

import json
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode

BUSY: Final = 503
PAUSE_SECONDS: Final = 0.02
"""Before a customer whom the bound on provider calls refused tries again."""


@dataclass(frozen=True)
class Flow:
    """What the customers met."""

    orders: int
    seconds: float
    durations: list[float]
    """Seconds of each whole order, sorted."""

    def __str__(self) -> str:
        """Return the figures in one line."""
        p50, p95 = statistics.median(self.durations), self.durations[int(len(self.durations) * 0.95)]
        rate = self.orders / self.seconds
        return f"{rate:.1f} orders/s ({self.orders} orders; an order takes p50 {p50:.3f} s, p95 {p95:.3f} s)"


def measure(server: int, providers: int, device: str, *, customers: int, seconds: float) -> Flow:
    """Return the orders per second of customers who buy one drink after another."""
    begun = time.monotonic()
    with ThreadPoolExecutor(customers) as pool:
        futures = [
            pool.submit(_customer, server, providers, device, begun + seconds) for _ in range(customers)
        ]
        durations = sorted(duration for future in futures for duration in future.result())
    return Flow(len(durations), time.monotonic() - begun, durations)


def _customer(server: int, providers: int, device: str, until: float) -> list[float]:
    durations = []
    while time.monotonic() < until:
        begun = time.monotonic()
        buy(server, providers, device)
        durations.append(time.monotonic() - begun)
    return durations


def buy(server: int, providers: int, device: str) -> str:
    """Scan, pay, and be notified; return the order's id. Raises `RuntimeError` for an answer that is not expected."""
    order = str(uuid.uuid4())
    scan = {"deviceUuid": device, "drinkName": "Капучино", "drinkNo": "7", "uuid": order, "size": "1"}
    _call(server, "GET", f"/v1/pay?{urlencode(scan)}", None, 302)
    answer = _call(server, "POST", "/v1/initiate-payment", {"order_id": order}, 200)
    payment = answer["redirect_url"].rpartition("/")[2]
    settled = {"status": "succeeded", "notify": True}
    while (answered := _call(providers, "POST", f"/control/yookassa/{payment}", settled, 200)) == {
        "answered": BUSY
    }:
        time.sleep(PAUSE_SECONDS)
    if answered != {"answered": 200}:
        raise RuntimeError(f"the notification was answered {answered}")
    return order


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
