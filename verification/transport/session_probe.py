"""The process that starts the project on request and connects through Django.

Started as ``python -m <package>.transport.session_probe``. Each request is answered by a child
that is the project's own process: it gets the project's variables, runs ``django.setup()`` and then
connects through ``django.db``, so that settings, start-up log and driver are all the real ones.
"""

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from ..processes.serve import in_fork, serve
from .session_report import sessions

ENDED: Final = "the process ended"


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Become the project's process in a fork; return what it found and what it ``printed``.

    ``error`` is ``ENDED`` if the process ended before it had an answer.
    """
    outcome = in_fork(partial(act, request), capture=True)
    found = outcome.answer or {"error": ENDED}
    warm_up(found.pop("modules", []))
    return {**found, "printed": outcome.printed}


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
    """Return the loaded modules that are not the project's own, in the order of their loading."""
    here = str(Path.cwd())
    found = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name != "__main__" and (not file.startswith(here + os.sep) or "site-packages" in file):
            found.append(name)
    return found


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
    """Connect through Django and ask the server about the session of each alias."""
    return {"error": None, "sessions": sessions()}


def check() -> dict[str, Any]:
    """Run the project's system checks, those about its database included."""
    from django.core import checks

    messages = checks.run_checks(tags=["security", "database"], include_deployment_checks=False)
    return {"error": None, "messages": [{"level": each.level, "text": str(each)} for each in messages]}


if __name__ == "__main__":
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # the project is never loaded in here
    serve(answer)
