"""Time and memory of `manage.py reconcile_payments`: `python -m benchmarks.reconciliation [--payments N ...]`.

The payments are spread over thirty days, and of every thousand the ledger misses one that was paid. For each number of
payments: one run, one that is interrupted in its middle, two at once that correct, and one that finds nothing left.
Exit status 1 when the outcome is another, or when the memory of a run grows with the number of payments.
"""

import argparse
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.utils import timezone
from payments.models import Device, Order
from provider_servers import ProviderServer, Yookassa

from benchmarks import processes, shop

DAYS: Final = 30
MISSED: Final = 1000
"""Of so many payments the ledger misses one."""
GROWTH_MB: Final = 16


@dataclass(frozen=True)
class Run:
    """One run of the command, ended."""

    status: int
    seconds: float
    peak_mb: float
    told: str
    """The last line of its progress, or of its errors."""


class Command:
    """A run of the command, whose progress goes to a terminal."""

    def __init__(self, url: str, rate: float, *arguments: str) -> None:
        """Start it."""
        self.begun, self.peak_kb = time.monotonic(), 0
        self.terminal, end = pty.openpty()
        since = (timezone.now() - timedelta(days=DAYS + 1)).isoformat()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "reconcile_payments", "--since", since, "--json", *arguments],
            cwd=processes.ROOT,
            stdout=subprocess.DEVNULL,
            stderr=end,
            env={
                **os.environ,
                "DB_NAME": str(connection.settings_dict["NAME"]),
                "SECRET_KEY": settings.SECRET_KEY,
                "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
                "YOOKASSA_BASE_URL": f"{url}/v3",
                "TMETR_BASE_URL": url,
                "RECONCILIATION_CALLS_PER_S": str(rate),
            },
        )
        os.close(end)

    def progress(self) -> Iterator[str]:
        """Yield what it shows, until its end."""
        while True:
            try:
                text = os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                return
            self._look()
            yield from filter(None, text.replace("\r", "\n").split("\n"))

    def _look(self) -> None:
        """Note its peak so far. What `wait` tells of it includes this process, from which it was forked."""
        with suppress(OSError):
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
            if peak := re.search(r"VmHWM:\s+(\d+) kB", status):
                self.peak_kb = int(peak[1])

    def ended(self) -> Run:
        """Wait for its end."""
        told = list(self.progress())[-1]
        status = self.process.wait()
        os.close(self.terminal)
        return Run(status, time.monotonic() - self.begun, self.peak_kb / 1024, told.strip())


ORDERS: Final = """
    INSERT INTO payments_order (id, payment_reference_id, drink_name, device_id, merchant_id, size, price, status,
        payment_scenario, check_attempts, expires_at, created_at, updated_at)
    SELECT 'r-' || n, 'r-' || n, '-', %(device)s, %(merchant)s, 2, 15000,
        CASE WHEN n %% %(missed)s = 0 THEN 'not_paid' ELSE 'successful' END, 'Yookassa', 0, at, at, at
    FROM generate_series(0, %(count)s - 1) AS n,
        LATERAL (SELECT %(now)s - %(span)s * (n * 7919 %% %(count)s / %(count)s::float)) AS times (at)
"""
PAYMENTS: Final = """
    INSERT INTO payments_payment (id, order_id, merchant_id, amount, status, transaction_id, scenario,
        provider_status, created_at, updated_at)
    SELECT gen_random_uuid(), id, merchant_id, price, CASE status WHEN 'successful' THEN status ELSE 'failed' END,
        id, 'Yookassa', CASE status WHEN 'successful' THEN 'succeeded' ELSE 'canceled' END, created_at, created_at
    FROM payments_order
"""


def seed(device: Device, service: Yookassa, count: int) -> None:
    """Create paid orders that the provider knows, so many in all."""
    now, span = timezone.now() - timedelta(hours=1), timedelta(days=DAYS)
    facts: dict[str, Any] = {
        "device": device.pk,
        "merchant": device.merchant_id,
        "count": count,
        "missed": MISSED,
    }
    facts |= {"now": now, "span": span}
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, facts)
        cursor.execute(PAYMENTS)
        cursor.execute("ANALYZE")
    amount = {"value": "150.00", "currency": "RUB"}
    for number in range(count):
        key, at = f"r-{number}", (now - span * (number * 7919 % count / count)).isoformat()
        service._owners[key] = "1"
        service.payments[key] = {
            "id": key,
            "metadata": {"order_uuid": key},
            "status": "succeeded",
            "amount": amount,
            "created_at": at,
            "captured_at": at,
        }


def measure(url: str, rate: float, payments: int) -> tuple[Run, bool]:
    """Run the command as the module says; return the first run, and whether all went as expected."""
    first = Command(url, rate).ended()
    show(payments, "reads", first)
    broken = Command(url, rate, "--apply")
    counts = (line.removesuffix(" payments") for line in broken.progress())
    next(count for count in counts if count.isdigit() and int(count) >= payments // 2)
    broken.process.send_signal(signal.SIGINT)
    interrupted = broken.ended()
    show(payments, "interrupted", interrupted)
    both = [Command(url, rate, "--apply") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        pair = list(pool.map(Command.ended, both))
    for run in pair:
        show(payments, "two at once, --apply", run)
    last = Command(url, rate).ended()
    show(payments, "reads again", last)
    # One of the two may have corrected everything before the other read it.
    statuses = [run.status for run in (first, interrupted, max(pair, key=lambda run: run.status), last)]
    handed = Order.objects.filter(status="manual_make").count()
    as_expected = statuses == [1, 2, 1, 0] and handed == -(-payments // MISSED)
    return first, as_expected and first.told == f"{payments} payments"


def show(payments: int, what: str, run: Run) -> None:
    """Print a line of the table."""
    print(
        f"{payments:>7} {what:<22} exit {run.status}  {run.seconds:6.1f} s  peak {run.peak_mb:6.1f} MB  {run.told}",
        flush=True,
    )


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconciliation", description=__doc__)
    parser.add_argument("--payments", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rate", type=float, default=50, help="calls a second, RECONCILIATION_CALLS_PER_S")
    options = parser.parse_args()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        device, service = shop.device(), Yookassa(accounts=None)
        with ProviderServer(service) as server:
            peaks, good = [], True
            for payments in sorted(options.payments):
                Order.objects.all().delete()
                service.payments.clear()
                seed(device, service, payments)
                first, as_expected = measure(server.url, options.rate, payments)
                peaks.append(first.peak_mb)
                good &= as_expected
    finally:
        connection.creation.destroy_test_db(None, verbosity=0)
    print(f"growth of the peak: {peaks[-1] - peaks[0]:.1f} MB; as expected: {good}")
    return 0 if good and peaks[-1] - peaks[0] < GROWTH_MB else 1


if __name__ == "__main__":
    sys.exit(main())
