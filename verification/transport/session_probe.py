"""The process that starts the project on demand and connects through Django: JSON lines in and out.

Started as ``python -m verification.transport.session_probe``. Each request is answered by a child
that is the project's own process: it gets the project's variables, runs ``django.setup()`` and then
connects through ``django.db``, so that settings, start-up log and driver are all the real ones.
"""

import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

SESSION: Final = "SELECT ssl, version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


def main() -> None:
    """Answer requests until the input ends."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # the project is never loaded in here
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    for line in requests:
        reply = in_child(json.loads(line))
        used = reply.pop("modules", [])
        answers.write(json.dumps(reply) + "\n")
        answers.flush()
        warm_up(used)


def warm_up(names: Sequence[str]) -> None:
    """Load what the last child needed of other packages, so that the next one starts faster.

    Most of it does not ask for settings; what does fails to load, here and without harm.
    """
    for name in names:
        if name not in sys.modules:
            try:
                importlib.import_module(name)
            except BaseException:  # noqa: BLE001, S112 - it is only for speed
                continue


def foreign_modules() -> list[str]:
    """Give the loaded modules that are not the project's own, in the order of their loading."""
    here = str(Path.cwd())
    found = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name != "__main__" and (not file.startswith(here + os.sep) or "site-packages" in file):
            found.append(name)
    return found


def in_child(request: Mapping[str, Any]) -> dict[str, Any]:
    """Fork, become the project's process there, and give what it found and what it printed."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as answer:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.dup2(printed.fileno(), 1)
                os.dup2(printed.fileno(), 2)
                os.write(answer.fileno(), json.dumps(act(request)).encode())
                status = 0
            except BaseException:  # noqa: BLE001 - into what it printed
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        os.waitpid(child, 0)
        answer.seek(0)
        printed.seek(0)
        found: dict[str, Any] = json.loads(answer.read() or b'{"error": "the process ended"}')
        return {**found, "printed": printed.read().decode(errors="replace")}


def act(request: Mapping[str, Any]) -> dict[str, Any]:
    """Start the project in the environment of the request; run its checks, or connect."""
    os.environ.clear()
    os.environ.update(request["environment"])
    import django

    django.setup()
    actions: dict[str, Callable[[], dict[str, Any]]] = {"connect": connect, "check": check, "start": start}
    return {**actions[request["action"]](), "modules": foreign_modules()}


def start() -> dict[str, Any]:
    """Starting was all that was asked."""
    return {"error": None}


def connect() -> dict[str, Any]:
    """Connect through Django's default database and ask the server about the session."""
    from django.db import connection
    from django.db.utils import Error

    try:
        with connection.cursor() as cursor:
            cursor.execute(SESSION)
            ssl, version, cipher, client = cursor.fetchone() or (None,) * 4
    except Error as error:
        return {"error": " ".join(str(error).split())}
    return {"error": None, "ssl": ssl, "version": version, "cipher": cipher, "client": client}


def check() -> dict[str, Any]:
    """Run the project's system checks, those about its database included."""
    from django.core import checks

    messages = checks.run_checks(tags=["security", "database"], include_deployment_checks=False)
    return {"error": None, "messages": [{"level": each.level, "text": str(each)} for each in messages]}


if __name__ == "__main__":
    main()
