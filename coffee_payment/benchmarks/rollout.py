"""A roll-out rehearsed on this machine: `python -m benchmarks.rollout [--customers N] [--workers N]`.

Two servers behind a balancer are replaced one by one, while customers scan, pay and are notified. Prints one JSON
object: requests that failed, orders that were lost, and for each old server when readiness turned and when it ended.
Needs the variables DB_NAME and so on of a PostgreSQL server.
"""

import argparse
import json
import os
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from benchmarks import flow, processes
from benchmarks.balancer import Balancer

SERVERS: Final = 2
BETWEEN_SECONDS: Final = 1.0
"""Of load before the first, and after each replacement."""
END_SECONDS: Final = 60.0


def rehearse(environment: Mapping[str, str], device: str, *, customers: int, workers: int) -> dict[str, Any]:
    """Replace each server by a new one beside the load; return what was met."""
    failed: list[str] = []
    bought: list[str] = []
    stop = threading.Event()
    provider = processes.free_port()
    with ExitStack() as stack:
        balancer = stack.enter_context(Balancer())
        stack.enter_context(processes.providers(provider, balancer.port))
        variables = {**environment, **addresses(provider)}

        def start() -> tuple[int, "subprocess.Popen[bytes]"]:
            port = processes.free_port()
            process = stack.enter_context(processes.gunicorn(port, workers, variables))
            balancer.add(port)
            return port, process

        def customer() -> None:
            while not stop.is_set():
                try:
                    bought.append(flow.buy(balancer.port, provider, device))
                except (OSError, HTTPException, RuntimeError) as error:
                    failed.append(f"{type(error).__name__}: {error}")

        servers = [start() for _ in range(SERVERS)]
        threads = [threading.Thread(target=customer) for _ in range(customers)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(BETWEEN_SECONDS)
            replaced = [_replace(balancer, *old, start) for old in servers]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        made = _made(provider)
    lost = [order for order in bought if made.count(order) != 1]
    return {
        "orders": len(bought),
        "failed": failed + balancer.failures,
        "not_made_once": lost,
        "replaced": replaced,
    }


def addresses(port: int) -> dict[str, str]:
    """Return the variables that lead the server to the local providers, and let one address scan at will."""
    url = f"http://127.0.0.1:{port}"
    return {
        "YOOKASSA_BASE_URL": f"{url}/v3",
        "TMETR_BASE_URL": url,
        "TMETR_TOKEN": "token-for-benchmarks",
        "SCANS_PER_ADDRESS_PER_MIN": "0",
        "SCANS_PER_DEVICE_PER_MIN": "0",
        "LOG_LEVEL": "ERROR",
    }


def _replace(balancer: Balancer, port: int, process: "subprocess.Popen[bytes]", start: Any) -> dict[str, Any]:
    """Start a new server, stop an old one; return seconds from SIGTERM on."""
    start()
    begun = time.monotonic()
    process.terminate()
    status = process.wait(END_SECONDS)
    ended = time.monotonic()
    time.sleep(BETWEEN_SECONDS)
    turned = balancer.refused.get(port)
    return {
        "not_ready_s": round(turned - begun, 2) if turned else None,
        "ended_s": round(ended - begun, 2),
        "status": status,
    }


def _made(provider: int) -> list[str]:
    connection = HTTPConnection("127.0.0.1", provider, timeout=60)
    connection.request("GET", "/control/tmetr")
    commands = json.loads(connection.getresponse().read())
    connection.close()
    return [command["orderUuid"] for command in commands["commands"]]


def main() -> None:
    """Rehearse and print the result."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coffee_payment.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from benchmarks import shop

    parser = argparse.ArgumentParser(prog="python -m benchmarks.rollout", description=__doc__)
    parser.add_argument("--customers", type=int, default=8, help="buying at the same time")
    parser.add_argument("--workers", type=int, default=2, help="of each server")
    options = parser.parse_args()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        environment = {
            "DB_NAME": str(connection.settings_dict["NAME"]),
            "SECRET_KEY": settings.SECRET_KEY,
            "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
            "ALLOWED_HOSTS": "*",
        }
        device = shop.device().device_uuid
        result = rehearse(environment, device, customers=options.customers, workers=options.workers)
        print(json.dumps({**result, "load_average": os.getloadavg()[0]}))
    finally:
        connection.creation.destroy_test_db(None, verbosity=0)


if __name__ == "__main__":
    main()
