"""Hears the witnesses that stand inside the project's process; run as ``python -m``, see ``testimony``.

Each pair of witness and subject is tried in a forked child: the request that it sees is the first
that the process ever answers, and no hook or flag of one trial reaches the next.
"""

import io
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any, Final

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import RequestFactory
from django.utils.module_loading import import_string

from verification.health.detectors.in_process_detectors import RECORDERS
from verification.processes.serve import in_fork, serve
from verification.project.http_probe import POD

VIEW: Final = "the view alone"
"""Subject that calls the view as a function; every other one goes through the whole WSGI application."""
LATE_SECONDS: Final = 1.0
"""How long a thread that a request has started may go on being watched."""


def main(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Try every pair of the request (see ``observations``); return what was seen."""
    django.setup()
    connections.all()  # loads the drivers once for all children; opens nothing
    subjects = _subjects(wanted)
    return {
        "heard": [
            _try(witness, subject, call, wanted["requests"])
            for witness in wanted["witnesses"]
            for subject, call in subjects.items()
        ]
    }


def _subjects(wanted: Mapping[str, Any]) -> dict[str, Callable[[], int]]:
    application = _application(wanted["application"])
    subjects: dict[str, Callable[[], int]] = {}
    for subject, path in wanted["paths"].items():
        subjects[subject] = partial(_request, application, path)
    if wanted["view"]:
        view = import_string(wanted["view"])
        request = RequestFactory(SERVER_NAME=_allowed_host()).get(next(iter(wanted["paths"].values())))
        subjects[VIEW] = lambda: view(request).status_code
    return subjects


def _application(name: str) -> Callable[..., Any]:
    if not name:
        return get_wsgi_application()
    module, _, attribute = name.partition(":")
    application: Callable[..., Any] = getattr(import_module(module), attribute or "application")
    return application


def _allowed_host() -> str:
    return next((host for host in settings.ALLOWED_HOSTS if host.strip("*.") == host), "localhost")


def _request(application: Callable[..., Any], path: str) -> int:
    """Ask a WSGI application the way a server does, ``close`` included; give the status."""
    statuses: list[int] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": POD,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    response = application(environ, lambda status, *_: statuses.append(int(status.split()[0])))
    try:
        b"".join(response)
    finally:
        if hasattr(response, "close"):
            response.close()
    return statuses[0]


def _try(witness: str, subject: str, call: Callable[[], int], requests: int) -> dict[str, Any]:
    """Answer in a fork, watched by the witness; return its testimony."""
    outcome = in_fork(partial(_testify, witness, subject, call, requests))
    if outcome.answer is None:
        raise RuntimeError(f"{witness}, {subject}: the trial broke off; its traceback stands above")
    return outcome.answer


def _testify(witness: str, subject: str, call: Callable[[], int], requests: int) -> dict[str, Any]:
    statuses: list[int | str] = []
    before = set(threading.enumerate())
    with RECORDERS[witness]() as seen:
        for _ in range(requests):
            try:
                statuses.append(call())
            except Exception as error:  # noqa: BLE001 - what a view raises is part of the testimony
                statuses.append(f"{type(error).__name__}: {error}")
        for thread in set(threading.enumerate()) - before:
            thread.join(LATE_SECONDS)
    return {"witness": witness, "subject": subject, "seen": seen, "statuses": statuses}


if __name__ == "__main__":
    serve(main)
