"""What every attack gets: the server, its log, its providers, its shop; and a client that does what it likes."""

import json
import os
import secrets
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from django.utils import timezone
from payments.models import Device, Merchant, MerchantCredentials, Order
from provider_servers import ProviderServer, TBank, TMetr, Yookassa

from verification.processes.wait import answers, wait_for

ROOT: Final = Path(__file__).parents[2]
PRICE: Final = 15000
START_SECONDS: Final = 60
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What the server answered; status 0: nothing."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    seconds: float = 0.0

    def json(self) -> Any:
        """Return the body, decoded; None if it is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


@dataclass
class Target:
    """One running server."""

    port: int
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes]"
    server: ProviderServer
    yookassa: Yookassa
    tbank: TBank
    tmetr: TMetr
    merchant: Merchant
    keys: Mapping[str, Mapping[str, str]]
    shown: list[str] = field(default_factory=list)
    """Every body that the server answered with, for the search for secrets."""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        address: str = "",
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        """Send a request as the client at an address, by default a new one."""
        named = {"X-Forwarded-For": address or invented_address(), **(headers or {})}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        begun = time.monotonic()
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, named)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            return Answer(0, seconds=time.monotonic() - begun)
        finally:
            connection.close()
        self.shown.append(text[:20_000])
        return Answer(response.status, dict(response.getheaders()), text, time.monotonic() - begun)

    def post(self, path: str, body: Any, **options: Any) -> Answer:
        """Post JSON."""
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        return self.ask("POST", path, json.dumps(body), headers=headers, **options)

    def device(self, scenario: str = "Yookassa") -> Device:
        """Add a machine."""
        return Device.objects.create(
            device_uuid=str(uuid.uuid4()),
            merchant=self.merchant,
            location="Невский, 1",
            status=Device.Status.ONLINE,
            last_interaction=timezone.now(),
            payment_scenario=scenario,
        )

    def scan(self, device: Device, order_id: str = "", address: str = "") -> Answer:
        """Scan a QR code."""
        query = {
            "deviceUuid": device.device_uuid,
            "drinkName": "Капучино",
            "drinkNo": "7",
            "uuid": order_id or str(uuid.uuid4()),
            "size": "1",
        }
        return self.ask("GET", f"/v1/pay?{urlencode(query)}", address=address)

    def order(self, device: Device | None = None) -> Order:
        """Add an order that was scanned."""
        return Order.objects.create(
            id=str(uuid.uuid4()),
            drink_name="Капучино",
            drink_number="7",
            device=device or self.device(),
            merchant=self.merchant,
            size=2,
            price=PRICE,
            status="created",
        )

    def pay(self, order: Order) -> Answer:
        """Press the pay button."""
        return self.post("/v1/initiate-payment", {"order_id": order.pk})

    def pending(self, scenario: str = "Yookassa") -> Order:
        """Add an order whose payment was started."""
        order = self.order(self.device(scenario))
        self.pay(order)
        order.refresh_from_db()
        return order

    def memory_mib(self) -> float:
        """Return the resident memory of gunicorn and its workers."""
        pids = [self.process.pid, *_children(self.process.pid)]
        pages = [int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in pids]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def log_bytes(self) -> int:
        """Return how long the log is."""
        return self.log.stat().st_size

    def quiet(self) -> None:
        """Wait until the providers have not been called for half a second: what a notification begins goes on."""
        end, seen = time.monotonic() + 15, -1
        while time.monotonic() < end and len(self.server.calls) != seen:
            seen = len(self.server.calls)
            time.sleep(0.5)

    @contextmanager
    def watching_health(self) -> Iterator[list[float]]:
        """Probe /health all the while; yields the list of the seconds that each probe took."""
        seconds: list[float] = []
        over = threading.Event()

        def probe() -> None:
            while not over.is_set():
                answer = self.ask("GET", "/health", timeout=30)
                seconds.append(answer.seconds if answer.status == 200 else 30.0)  # noqa: PLR2004 - OK
                over.wait(0.05)

        thread = threading.Thread(target=probe)
        thread.start()
        try:
            yield seconds
        finally:
            over.set()
            thread.join()


def invented_address() -> str:
    """Return an address that nobody else has."""
    return f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"


def at_once(count: int, act: Callable[[int], T], threads: int = 50) -> list[T]:
    """Call `act` with 0, 1, ... from many threads."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(act, range(count)))


def state(order: Order) -> str:
    """Read an order's status."""
    return Order.objects.values_list("status", flat=True).get(pk=order.pk)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


@contextmanager
def started(environment: Mapping[str, str], folder: Path, port: int) -> Iterator[Target]:
    """Run providers and gunicorn."""
    keys = {
        "Yookassa": {"account_id": "100500", "secret_key": f"canary-{secrets.token_hex(8)}"},
        "TBank": {"terminal_key": "attacked", "password": f"canary-{secrets.token_hex(8)}"},
    }
    yookassa = Yookassa(accounts={"100500": keys["Yookassa"]["secret_key"]})
    tbank = TBank(terminals={"attacked": keys["TBank"]["password"]})
    tmetr = TMetr(price=PRICE)
    merchant = Merchant.objects.create(
        name="Кофе",
        contact_email="owner@example.com",
        bank_account="1",
        valid_until=timezone.localdate() + timedelta(days=30),
    )
    for scenario, values in keys.items():
        MerchantCredentials.objects.create(merchant=merchant, scenario=scenario, credentials=values)
    log = folder / "log"
    with ProviderServer(yookassa, tbank, tmetr) as server, log.open("wb") as output:
        variables = {
            **os.environ,
            **environment,
            "YOOKASSA_BASE_URL": f"{server.url}/v3",
            "T_BANK_BASE_URL": server.url,
            "TMETR_BASE_URL": server.url,
            "TMPDIR": str(folder),
        }
        bind = ["--bind", f"127.0.0.1:{port}"]
        with subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), *bind],
            cwd=ROOT / "coffee_payment",
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process:
            target = Target(port, variables, log, process, server, yookassa, tbank, tmetr, merchant, keys)
            try:
                wait_for(
                    lambda: answers(port, "/health") or process.poll() is not None, seconds=START_SECONDS
                )
                if not answers(port, "/health"):
                    raise RuntimeError("the web server did not start")
                yield target
            finally:
                process.terminate()
                process.wait(START_SECONDS)
