"""Other processes of the server, for tests: they share the test's database and its providers.

`python -m tests.processes webhooks|ticks ARGUMENT` is what runs in them.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from django.conf import settings

ROOT: Final = Path(__file__).parents[1]
TICKS_AT_MOST: Final = 200


def start(what: str, providers_url: str, argument: Any = None, **environment: str) -> subprocess.Popen[str]:
    """Start a process that does `what`; its one line of output tells that it is ready."""
    from django.conf import settings
    from django.db import connection

    database = connection.settings_dict
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "coffee_payment.settings",
        "CREDENTIALS_ENCRYPTION_KEY": ",".join(settings.CREDENTIALS_ENCRYPTION_KEY),
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "CRITICAL",
        "YOOKASSA_BASE_URL": f"{providers_url}/v3",
        "T_BANK_BASE_URL": providers_url,
        "TMETR_BASE_URL": providers_url,
        "TMETR_TOKEN": "test-token-of-tmetr",
        "PAYMENT_API_TIMEOUT_S": "10",
        **{f"DB_{name}": str(database[name]) for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
        **environment,
    }
    command = [sys.executable, "-m", "tests.processes", what, json.dumps(argument)]
    return subprocess.Popen(
        command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def ready(process: subprocess.Popen[str]) -> None:
    """Wait until a process is ready to begin."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "ready":
            return
    raise AssertionError("the process ended before it was ready")


def go(process: subprocess.Popen[str]) -> None:
    """Tell a process to begin."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def main() -> None:
    """Be such a process."""
    what, argument = sys.argv[1], json.loads(sys.argv[2])
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    print("ready", flush=True)  # noqa: T201 - the parent waits for it
    sys.stdin.readline()
    if what == "webhooks":
        webhooks(argument)
    else:
        ticks(argument)


def webhooks(argument: list[list[str]]) -> None:
    """Deliver notifications: pairs of payment id and order id."""
    from django.test import Client

    client = Client()
    for payment_id, order_id in argument:
        body = {
            "event": "payment.succeeded",
            "object": {"id": payment_id, "metadata": {"order_uuid": order_id}},
        }
        while True:
            answer = client.post("/v1/yook-pay-webhook", body, content_type="application/json")
            if answer.status_code != 503:  # the answer was late on this machine: the provider repeats
                break
            time.sleep(0.05)
        assert answer.status_code == 200, answer.content


def ticks(concurrency: int) -> None:
    """Run the background check until nothing is due."""
    from payments.background import tick

    settings.PAYMENT_CHECK_THREADS = concurrency
    for _ in range(TICKS_AT_MOST):
        if not tick.check_pending_payments():
            return


if __name__ == "__main__":
    main()
