"""`python -m benchmarks [--seconds N] [--customers N] [--orders N] [--workers N]`."""

import argparse
import os
import platform

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import override_settings

from benchmarks import checks, flow, processes, shop

LATENCY = 0.2
LIMITS = ("SCANS_PER_ADDRESS_PER_MIN", "SCANS_PER_DEVICE_PER_MIN", "PAYMENTS_PER_ORDER_PER_MIN")
NO_LIMITS = {**dict.fromkeys(LIMITS, "0"), "RATE_LIMIT_STORAGE_URL": "memory://"}
"""All customers have one address here."""


def main() -> None:
    """Measure both and print the figures."""
    options = _options()
    if connection.vendor != "postgresql":
        raise SystemExit(
            "benchmarks: set DB_NAME, DB_USER, DB_PASSWORD, DB_HOST and DB_PORT to a PostgreSQL server"
        )
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        _measure(options)
    finally:
        connection.creation.destroy_test_db(None, verbosity=0)


def show(line: str) -> None:
    """Print a line of the result."""
    print(line, flush=True)


def _measure(options: argparse.Namespace) -> None:
    port, merchant_port = processes.free_port(), processes.free_port()
    url = f"http://127.0.0.1:{port}"
    addresses = {
        "YOOKASSA_BASE_URL": f"{url}/v3",
        "T_BANK_BASE_URL": url,
        "TMETR_BASE_URL": url,
        "TMETR_TOKEN": "token-for-benchmarks",
    }
    environment = {
        **addresses,
        "SCANS_PER_ADDRESS_PER_MIN": "0",  # all customers are on this machine
        "SCANS_PER_DEVICE_PER_MIN": "0",
        "DB_NAME": str(connection.settings_dict["NAME"]),
        "SECRET_KEY": settings.SECRET_KEY,
        "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
        **NO_LIMITS,
    }
    device = shop.device()
    cores = len(os.sched_getaffinity(0))
    show(
        f"{cores} cores, Python {platform.python_version()}, PostgreSQL {connection.get_database_version()[0]}"
    )
    with processes.providers(port, merchant_port), override_settings(**addresses):
        bare = {**environment, "DJANGO_SETTINGS_MODULE": "benchmarks.bare_django"}
        with processes.gunicorn(merchant_port, options.workers, bare) as server:
            at = flow.Addresses(merchant_port, port, server.pid, device.device_uuid)
            figures = flow.measure_bare(at, customers=options.customers, requests=5 * options.orders)
            show(f"the barest Django view, of whose requests an order has three: {figures}")
        with processes.gunicorn(merchant_port, options.workers, environment) as server:
            at = flow.Addresses(merchant_port, port, server.pid, device.device_uuid)
            flow.measure(at, customers=options.customers, seconds=2)
            figures = flow.measure(at, customers=options.customers, seconds=options.seconds)
            show(f"pay -> initiate -> webhook -> make, an instant provider: {figures}")
            figures = flow.measure_webhooks(at, customers=options.customers, notifications=options.orders)
            show(f"webhook -> make, an instant provider: {figures}")
        with override_settings(PAYMENT_CHECK_BATCH_SIZE=options.orders):
            for status in ("pending", "canceled", "succeeded"):
                rate = checks.measure(
                    device, f"{url}/control", orders=options.orders, latency=LATENCY, status=status
                )
                calls = "two calls: payment, make" if status == "succeeded" else "one call"
                show(f"background check, one worker, 200 ms a call, {status} ({calls}): {rate:.1f} orders/s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="of the flow's measurement")
    parser.add_argument("--customers", type=int, default=8, help="buying at the same time")
    parser.add_argument("--workers", type=int, default=2, help="of gunicorn")
    parser.add_argument("--orders", type=int, default=400, help="of one tick of the background check")
    return parser.parse_args()


if __name__ == "__main__":
    main()
