"""Customers who buy, pay, decline, come back, pay late or not at all; and the notifications that follow."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlencode

AT_A_TIME: Final = 16
TRIES: Final = 25
PAUSE_SECONDS: Final = 0.3
WAYS: Final = (
    *("pays",) * 12,
    "declines",
    "declines and pays",
    "retries",
    "pays both",
    "never",
    "late",
    "late",
)
NOTIFICATIONS: Final = ("lost", "once", "once", "once", "twice", "late")
LATE_SECONDS: Final = 4.0


@dataclass
class Machine:
    """A device, and how its provider is spoken to."""

    device: str
    provider: Any
    path: str


@dataclass
class Customers:
    """All customers of one run."""

    port: int
    machines: Sequence[Machine]
    seed: int
    paid_at: dict[str, float] = field(default_factory=dict)
    """Payment id -> when the customer paid."""
    late: list[Callable[[], None]] = field(default_factory=list)
    """What customers do after their order's end."""
    ways: Counter[str] = field(default_factory=Counter)
    notifications: Counter[str] = field(default_factory=Counter)
    unserved: int = 0
    """Customers who gave up: the provider or the server did not answer."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _timers: list[threading.Timer] = field(default_factory=list)

    def buy(self, orders: int) -> None:
        """Let all customers buy, several at a time; return when they and the notifications are done."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for future in [pool.submit(self._buy, number) for number in range(orders)]:
                future.result()
        for timer in self._timers:
            timer.join()

    def _buy(self, number: int) -> None:
        draw = random.Random(f"{self.seed}-{number}")  # noqa: S311 - an order of events, no secret
        machine, way = draw.choice(self.machines), draw.choice(WAYS)
        order = f"s{self.seed}-{number}"
        self._note(self.ways, way)
        if not self._scan(machine, order):
            return
        payment = self._start(order)
        if payment is None:
            return
        match way:
            case "never":
                return
            case "late":
                self.late.append(lambda: self._pay(machine, payment, draw))
            case "declines" | "retries" | "pays both" | "declines and pays":
                self._decline(machine, payment, draw)
                self._after_declining(machine, payment, draw, way, order)
            case _:
                self._pay(machine, payment, draw)

    def _after_declining(
        self, machine: Machine, payment: str, draw: random.Random, way: str, order: str
    ) -> None:
        """Pay on the same page, or press the button again and pay the new payment, or both."""
        is_bank = machine.provider.name == "tbank"
        time.sleep(PAUSE_SECONDS * draw.randrange(4))
        if way in ("retries", "pays both"):
            second = self._start(order)
            if second is not None:
                self._pay(machine, second, draw)
        if way in ("declines and pays", "pays both") and is_bank:
            # A payment that YooKassa canceled cannot be paid; the bank's page stays open.
            self._pay(machine, payment, draw)

    def _scan(self, machine: Machine, order: str) -> bool:
        scan = {
            "deviceUuid": machine.device,
            "drinkName": "Капучино",
            "drinkNo": "7",
            "uuid": order,
            "size": "1",
        }
        return self._insist("GET", f"/v1/pay?{urlencode(scan)}", None, 302) is not None

    def _start(self, order: str) -> str | None:
        """Press the pay button until there is a page to pay on; return its payment id."""
        answer = self._insist("POST", "/v1/initiate-payment", {"order_id": order}, 200)
        return str(answer["redirect_url"]).rpartition("/")[2] if answer else None

    def _insist(self, method: str, path: str, body: Any, wanted: int) -> Any:
        for _ in range(TRIES):
            status, answer = call(self.port, method, path, body)
            if status == wanted:
                return answer or {}
            if status in (400, 404):
                break
            time.sleep(PAUSE_SECONDS)
        with self._lock:
            self.unserved += 1
        return None

    def _decline(self, machine: Machine, payment: str, draw: random.Random) -> None:
        word = draw.choice(("REJECTED", "AUTH_FAIL")) if machine.provider.name == "tbank" else "canceled"
        machine.provider.settle(payment, word)
        self._notify(machine, payment, draw)

    def _pay(self, machine: Machine, payment: str, draw: random.Random) -> None:
        machine.provider.settle(payment, machine.provider.paid)
        with self._lock:
            self.paid_at[payment] = time.time()
        self._notify(machine, payment, draw)

    def _notify(self, machine: Machine, payment: str, draw: random.Random) -> None:
        how = draw.choice(NOTIFICATIONS)
        self._note(self.notifications, how)
        body = machine.provider.notification(payment)
        if how == "late":
            timer = threading.Timer(LATE_SECONDS, call, (self.port, "POST", machine.path, body))
            self._timers.append(timer)
            timer.start()
        for _ in range({"once": 1, "twice": 2}.get(how, 0)):
            call(self.port, "POST", machine.path, body)

    def _note(self, counter: Counter[str], what: str) -> None:
        with self._lock:
            counter[what] += 1


def call(port: int, method: str, path: str, body: Any) -> tuple[int, Any]:
    """Return status and JSON of one call; status 0 when there was no answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        content = json.dumps(body) if body is not None else None
        connection.request(method, path, content, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if response.status == 200 and text[:1] == b"{" else None  # noqa: PLR2004 - OK
    except (OSError, HTTPException, ValueError):
        return 0, None
    finally:
        connection.close()
