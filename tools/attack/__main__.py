"""`python -m tools.attack`: exit status 0 when every attack is held, 1 when one is not, 2 when it cannot run.

Starts gunicorn as in production, PostgreSQL (or uses that of DB_HOST), Redis if there is one, and local providers.
"""

import argparse
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg2
from cryptography.fernet import Fernet

from tools import databases
from verification.errors import CannotRun
from verification.processes.wait import wait_for

SERVER: Final = Path(__file__).parents[2] / "coffee_payment"
START_SECONDS: Final = 20


def main() -> int:
    """Run the attacks, print the table."""
    options = _options()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            databases.temporary("attack") as database,
            _redis(Path(folder)) as broker,
        ):
            return _run(options, {**database, "CELERY_BROKER_URL": broker}, Path(folder))
    except (CannotRun, psycopg2.OperationalError, RuntimeError) as error:
        print(f"attack: {str(error).strip().partition(chr(10))[0]}", file=sys.stderr)
        return 2


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Run Redis; without its program name a port at which nothing listens: each process then counts for itself."""
    port = free_port()
    program = shutil.which("redis-server")
    url = f"redis://127.0.0.1:{port}/0"
    if program is None:
        yield url
        return
    command = [program, "--port", str(port), "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            if not wait_for(lambda: _accepts(port), seconds=START_SECONDS):
                raise RuntimeError("Redis did not start")
            yield url
        finally:
            process.terminate()


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _run(options: argparse.Namespace, given: dict[str, str], folder: Path) -> int:
    environment = {
        **given,
        "CELERY_RESULT_BACKEND": given["CELERY_BROKER_URL"],
        "DJANGO_SETTINGS_MODULE": "coffee_payment.settings",
        "DEBUG": "false",
        "SECRET_KEY": f"canary-{secrets.token_hex(32)}",
        "CREDENTIALS_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "TMETR_TOKEN": f"canary-{secrets.token_hex(8)}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": "pay.example.com",
        # The attackers and customers name their addresses as a proxy in front would.
        "TRUSTED_PROXIES": "127.0.0.1",
        "PAYMENT_API_TIMEOUT_S": "1",
        "GUNICORN_WORKERS": "2",
    }
    os.environ.update(environment)
    sys.path.insert(0, str(SERVER))
    from tools.attack import run

    return 0 if run.run_all(environment, folder, free_port(), options.only) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.attack", description=__doc__)
    parser.add_argument("--only", default="", help="run the attacks whose name holds this text")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
