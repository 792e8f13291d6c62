"""Requests to a WSGI application in this process, as a server makes them."""

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.wsgi import get_wsgi_application

from ..project.http_probe import POD
from .requests import Request

Application = Callable[..., Any]


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


def load_application(name: str) -> Application:
    """Return the application ``module:name``; Django's own if the project names none."""
    if not name:
        return get_wsgi_application()
    module, _, attribute = name.partition(":")
    application: Application = getattr(import_module(module), attribute or "application")
    return application


@dataclass(frozen=True)
class WsgiClient:
    """Calls one application."""

    application: Application

    def status(self, path: str, request: Request) -> int:
        """Return the status of the answer."""
        return self.send(path, request).status

    def send(self, path: str, request: Request) -> Reply:
        """Call the application, ``close`` included."""
        started: list[tuple[int, dict[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            started.append(
                (int(status.split(maxsplit=1)[0]), {name.lower(): value for name, value in headers})
            )

        response = self.application(environ(path, request), start_response)
        try:
            body = b"".join(response)
        finally:
            if hasattr(response, "close"):
                response.close()
        return Reply(*started[-1], body)


def environ(path: str, request: Request) -> dict[str, Any]:
    """Return what a server passes to the application; the Host is a pod's unless the request names one."""
    headers = {"Host": POD, **request.headers}
    names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        names.pop(f"HTTP_{name}", None)
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **names,
    }
