"""Makes the inside of the health view fail, in a process of the project, and looks for secrets in answers.

``contract`` starts it with ``python -m``. Values of secrets never leave this process.
"""

import logging
import os
import re
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from importlib import import_module
from inspect import unwrap
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final
from unittest.mock import patch

import django
from django.conf import settings
from django.test.utils import override_settings
from django.utils.module_loading import import_string

from ..processes.serve import in_fork, serve
from ..project.settings_changes import PROJECT_SETTINGS
from .detectors import hidden_pytest  # noqa: F401 - before what imports pytest
from .requests import Request
from .wsgi_client import WsgiClient, load_application

SECRET_NAME: Final = re.compile(r"API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|CREDENTIAL|DSN", re.IGNORECASE)
"""As Django's ``SafeExceptionReporterFilter`` hides settings, and a few more."""
THIS_MACHINE: Final = frozenset(
    {"", "localhost", ".localhost", "127.0.0.1", "[::1]", "0.0.0.0", "testserver"}  # noqa: S104 - a name of many settings
)
"""Hosts of a development server: who names no others has no site yet."""
SHORTEST_SECRET: Final = 8
"""Characters; a shorter value may be part of an ordinary word."""
MESSAGE: Final = "verification: the inside of the health view fails"
_URL_PASSWORD: Final = re.compile(r"://[^/\s:@]*:([^/\s@]+)@")
_Call = tuple[str, int, str]
"""File, line and name of a function."""


class InjectedError(RuntimeError):
    """What the inside of the view raises."""


def main(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one request of ``contract``: what has ``texts``, ``host`` or ``view``."""
    django.setup()
    if "texts" in wanted:
        return {
            "leaks": [[name for name, value in secret_values() if value in text] for text in wanted["texts"]]
        }
    return as_configured(wanted) if "host" in wanted else failures(wanted)


def as_configured(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the status for a Host with the project's own hosts, and by http with its own redirect; 0: not asked.

    Hosts are those of a site, or nothing is asked.
    """
    module = import_module(os.environ.get(PROJECT_SETTINGS) or settings.SETTINGS_MODULE)
    allowed, status, redirected = list(getattr(module, "ALLOWED_HOSTS", ())), 0, 0
    if getattr(module, "SECURE_SSL_REDIRECT", False):
        redirected = _status(wanted, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=True)
    if set(allowed) - THIS_MACHINE:
        status = _status(wanted, ALLOWED_HOSTS=allowed, SECURE_SSL_REDIRECT=False)
    return {"allowed": allowed, "status": status, "redirected": redirected}


def _status(wanted: Mapping[str, Any], **own: object) -> int:
    """Ask an application that is loaded anew: middleware reads settings when it is made."""
    with override_settings(**own), patch.dict(sys.modules):
        sys.modules.pop(wanted["application"].partition(":")[0], None)
        client = WsgiClient(load_application(wanted["application"]))
        return client.status(wanted["path"], Request(headers={"Host": wanted["host"]}))


def failures(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Let each function that the view calls raise once; return what came of it."""
    client = WsgiClient(load_application(wanted["application"]))
    code = getattr(unwrap(import_string(wanted["view"])), "__code__", None)
    if code is None:
        return {"failures": []}
    found = in_fork(partial(_called, client, wanted["path"], code, wanted["root"])).answer or {"calls": []}
    calls = [tuple(call) for call in found["calls"]]
    outcomes = [in_fork(partial(_fail, client, wanted["path"], code, call)).answer for call in calls]
    return {
        "failures": [
            {"function": call[2], **(outcome or {"raised": "the process ended"})}
            for call, outcome in zip(calls, outcomes, strict=True)
        ]
    }


def _called(client: WsgiClient, path: str, view: CodeType, root: str) -> dict[str, Any]:
    """Return the functions of the project that the view calls; if it calls none, those it calls itself."""
    own: dict[_Call, None] = {}
    direct: dict[_Call, None] = {}

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is not view and _is_below(frame, view):
            call = _call_of(frame)
            if call[0].startswith(root) and "site-packages" not in call[0]:
                own[call] = None
            if frame.f_back is not None and frame.f_back.f_code is view:
                direct[call] = None

    sys.settrace(watch)
    try:
        client.send(path, Request())
    finally:
        sys.settrace(None)
    return {"calls": list(own or direct)}


def _is_below(frame: FrameType | None, view: CodeType) -> bool:
    while frame is not None and frame.f_code is not view:
        frame = frame.f_back
    return frame is not None


def _call_of(frame: FrameType) -> _Call:
    return str(Path(frame.f_code.co_filename)), frame.f_code.co_firstlineno, frame.f_code.co_qualname


def _fail(client: WsgiClient, path: str, view: CodeType, call: _Call) -> dict[str, Any]:
    """Request the path while the call raises once; return the answer and what was logged."""

    def interrupt(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and _call_of(frame) == call and _is_below(frame, view):
            raise InjectedError(MESSAGE)  # Python then stops tracing

    records: list[str] = []

    def record(_logger: logging.Logger, entry: logging.LogRecord) -> None:
        # Django itself logs every answer of 500, without the cause.
        if MESSAGE in entry.getMessage() or (entry.exc_info and isinstance(entry.exc_info[1], InjectedError)):
            records.append(entry.levelname)

    with patch.object(logging.Logger, "callHandlers", record):
        sys.settrace(interrupt)
        try:
            reply = client.send(path, Request())
        except Exception as error:  # noqa: BLE001 - an exception that gets out is an observation
            return {"raised": f"{type(error).__name__}: {error}"}
        finally:
            sys.settrace(None)
    shown = asdict(reply) | {"body": reply.body.decode(errors="replace")}
    return {"raised": None, "reply": shown, "logged": records}


def secret_values() -> Iterator[tuple[str, str]]:
    """Return the name and the value of each secret of the settings, as it is and in Base64."""
    for setting in dir(settings):
        if setting.isupper():
            for name, value in _secrets_in(setting, getattr(settings, setting), hidden=False):
                yield name, value
                yield f"{name} in Base64", b64encode(value.encode()).decode().rstrip("=")


def _secrets_in(name: str, value: Any, *, hidden: bool) -> Iterator[tuple[str, str]]:
    hidden = hidden or bool(SECRET_NAME.search(name.rpartition(".")[2]))
    match value:
        case str():
            if hidden and len(value) >= SHORTEST_SECRET:
                yield name, value
            yield from (
                (name, found) for found in _URL_PASSWORD.findall(value) if len(found) >= SHORTEST_SECRET
            )
        case Mapping():
            for key, item in value.items():
                yield from _secrets_in(f"{name}.{key}", item, hidden=hidden)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _secrets_in(name, item, hidden=hidden)


if __name__ == "__main__":
    serve(main)
