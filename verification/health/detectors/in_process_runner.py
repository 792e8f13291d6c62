"""Runs the in-process detectors in a process of the project; ``observations`` starts it with ``python -m``.

Each pair of detector and subject runs in a forked child: the first request that a detector sees is the
first that its process answers, and no hook or flag of one pair reaches the next.
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

from verification.health.detectors.in_process_detectors import BY_NAME
from verification.processes.serve import in_fork, serve
from verification.project.http_probe import POD

VIEW: Final = "the view alone"
"""Subject that calls the view as a function; every other one goes through the whole WSGI application."""
LATE_SECONDS: Final = 1.0
"""Seconds to wait for the threads that a request has started."""


def main(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Observe every pair of the request (see ``observations``); return what was seen."""
    django.setup()
    connections.all()  # loads the drivers once for all children; opens no connection
    subjects = _subjects(wanted)
    return {
        "observations": [
            _observe_in_child(detector, subject, call, wanted["requests"])
            for detector in wanted["detectors"]
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
    """Call a WSGI application as a server does, ``close`` included, and return the status."""
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


def _observe_in_child(detector: str, subject: str, call: Callable[[], int], requests: int) -> dict[str, Any]:
    """Observe the requests in a forked child and return what it reports."""
    outcome = in_fork(partial(_observe, detector, subject, call, requests))
    if outcome.answer is None:
        raise RuntimeError(f"{detector}, {subject}: the child failed; its traceback is above")
    return outcome.answer


def _observe(detector: str, subject: str, call: Callable[[], int], requests: int) -> dict[str, Any]:
    statuses: list[int | str] = []
    before = set(threading.enumerate())
    with BY_NAME[detector]() as seen:
        for _ in range(requests):
            try:
                statuses.append(call())
            except Exception as error:  # noqa: BLE001 - what a view raises is part of the observation
                statuses.append(f"{type(error).__name__}: {error}")
        for thread in set(threading.enumerate()) - before:
            thread.join(LATE_SECONDS)
    return {"detector": detector, "subject": subject, "seen": seen, "statuses": statuses}


if __name__ == "__main__":
    serve(main)
