"""Runs the in-process detectors in a process of the project; ``observations`` starts it with ``python -m``.

Each pair of detectors and subject runs in a forked child: the first request that a detector sees is the
first that its process answers, and no hook or flag of one pair reaches the next.
"""

from . import hidden_pytest  # noqa: F401 - before what imports pytest

# isort: split
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

import django
from django.conf import settings
from django.db import connections
from django.test import RequestFactory
from django.utils.module_loading import import_string

from ...processes.serve import in_fork, serve
from ..requests import Request
from ..wsgi_client import WsgiClient, load_application
from .drawn_requests import observe_drawn
from .in_process_detectors import BY_NAME, TOGETHER

VIEW: Final = "the view alone"
"""Subject that calls the view as a function; every other one goes through the whole WSGI application."""
OBSERVED_SECONDS: Final = 3.0
"""Seconds after which one observation makes no more requests: it has seen enough of a view so slow."""
LATE_SECONDS: Final = 1.0
"""Seconds to wait for the threads that a request has started."""


def main(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Observe every pair of the request (see ``observations``); return what was seen."""
    if "pytest" in sys.modules:
        raise RuntimeError("pytest is loaded in the process of the project")
    django.setup()
    connections.all()  # loads the drivers once for all children; opens no connection
    subjects = _subjects(wanted)
    requests = [Request(*each) for each in wanted["requests"]]
    observations = []
    for subject, call in subjects.items():
        for detectors in TOGETHER:
            observations += _in_child(subject, partial(_observe, detectors, subject, call, requests))
        if subject != VIEW:
            observations += _in_child(subject, partial(observe_drawn, subject, call, wanted["examples"]))
    return {"observations": observations}


def _subjects(wanted: Mapping[str, Any]) -> dict[str, Callable[[Request], int]]:
    client = WsgiClient(load_application(wanted["application"]))
    subjects: dict[str, Callable[[Request], int]] = {
        subject: partial(client.status, path) for subject, path in wanted["paths"].items()
    }
    if wanted["view"]:
        view = import_string(wanted["view"])
        factory = RequestFactory(SERVER_NAME=_allowed_host())
        path = next(iter(wanted["paths"].values()))
        subjects[VIEW] = lambda request: (
            view(factory.generic(request.method, path, QUERY_STRING=request.query)).status_code
        )
    return subjects


def _allowed_host() -> str:
    return next((host for host in settings.ALLOWED_HOSTS if host.strip("*.") == host), "localhost")


def _in_child(subject: str, observe: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """Observe in a forked child and return what it reports."""
    outcome = in_fork(observe)
    if outcome.answer is None:
        raise RuntimeError(f"{subject}: the child failed; its traceback is above")
    observations: list[dict[str, Any]] = outcome.answer["observations"]
    return observations


def _observe(
    detectors: Sequence[str], subject: str, call: Callable[[Request], int], requests: Sequence[Request]
) -> dict[str, Any]:
    statuses: list[int | str] = []
    before = set(threading.enumerate())
    with ExitStack() as stack:
        seen = {detector: stack.enter_context(BY_NAME[detector]()) for detector in detectors}
        end = time.monotonic() + OBSERVED_SECONDS
        for request in requests:
            if statuses and time.monotonic() > end:
                break
            try:
                statuses.append(call(request))
            except Exception as error:  # noqa: BLE001 - what a view raises is part of the observation
                statuses.append(f"{type(error).__name__}: {error}")
        for thread in set(threading.enumerate()) - before:
            thread.join(LATE_SECONDS)
    return {
        "observations": [
            {"detector": detector, "subject": subject, "seen": lines, "statuses": statuses}
            for detector, lines in seen.items()
        ]
    }


if __name__ == "__main__":
    serve(main)
