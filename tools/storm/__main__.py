"""`python -m tools.storm --seed N --orders N`: exit status 1 when a paid order is lost, 2 when it cannot run.

The figures are taken in a database of their own, on the server that the DB_ variables name, or on one that is
started for the run.
"""

import argparse
import os
import secrets
import socket
import sys
import time
from pathlib import Path

import psycopg2
from cryptography.fernet import Fernet

from tools import databases
from verification.errors import CannotRun

SERVER = Path(__file__).parents[2] / "coffee_payment"


def main() -> int:
    """Run the storm, print the table."""
    options = _options()
    try:
        with databases.temporary("storm") as environment:
            return _run(options, environment)
    except (CannotRun, psycopg2.OperationalError, RuntimeError) as error:
        print(f"storm: {str(error).strip().partition(chr(10))[0]}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace, database: dict[str, str]) -> int:
    environment = {
        **database,
        "DJANGO_SETTINGS_MODULE": "coffee_payment.settings",
        "DEBUG": "true",
        "SECRET_KEY": secrets.token_hex(32),
        "CREDENTIALS_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "LOG_LEVEL": "CRITICAL",
        "TMETR_TOKEN": "storm-token",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SCANS_PER_ADDRESS_PER_MIN": "0",  # all customers are on this machine
        "SCANS_PER_DEVICE_PER_MIN": "0",
        "ORDER_EXPIRATION_MINUTES": "1",
        "PAYMENT_TRUTH_MINUTES": "2",
        "PAYMENT_API_TIMEOUT_S": "0.5",
        "FAST_TRACK_INTERVAL_S": "1",
        "SLOW_TRACK_INTERVAL_S": "3",
        "RECONCILIATION_CALLS_PER_S": "10000",
        "PAYMENTS_PER_ORDER_PER_MIN": "0",
        "RATE_LIMIT_STORAGE_URL": "memory://",
    }
    os.environ.update(environment)
    sys.path.insert(0, str(SERVER))
    from tools.storm import start as starting

    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    outcome = starting.run(options.seed, options.orders, port, environment, options.sabotage)
    print(f"{time.monotonic() - begun:.0f} s")
    return 0 if outcome.holds else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument(
        "--sabotage",
        choices=("follow-up",),
        default="",
        help="turn a part of the server off, to see that the storm notices",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
