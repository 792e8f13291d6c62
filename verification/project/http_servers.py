"""How each HTTP server is started on an address of this machine: gunicorn, uvicorn, granian."""

import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

from ..errors import CannotRun
from ..processes.port import LOOPBACK, Port
from .configuration import Configuration

BACKLOG: Final = 2048
"""As gunicorn's own default."""
ASGI_WORKERS: Final = {"uvicorn_worker": "UvicornWorker", "uvicorn.workers": "UvicornWorker"}
"""Module -> the worker class with which gunicorn serves ASGI."""


class Address(Protocol):
    """A port that is kept for a server until it has it, or for as long as it runs."""

    @property
    def number(self) -> int:
        """The port."""

    def release(self) -> None:
        """Give it back."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """What is served, and how."""

    name: str
    """``module:attribute``."""
    server: str = "gunicorn"
    asgi: bool = False
    gunicorn_config: Path | None = None
    extra: Sequence[str] = ()
    """Further options of the server."""


class Listener:
    """A socket that listens already; the server inherits it."""

    def __init__(self) -> None:
        self.socket = socket.create_server((LOOPBACK, 0), backlog=BACKLOG)

    @property
    def number(self) -> int:
        """Its port."""
        return int(self.socket.getsockname()[1])

    def release(self) -> None:
        """Close this process's end."""
        self.socket.close()


def server_of(configuration: Configuration) -> str:
    """Return the server that the project is served by."""
    return configuration.server or ("uvicorn" if configuration.asgi else "gunicorn")


def command_of(application: Application) -> tuple[list[str], Address, tuple[int, ...]]:
    """Return the command, the address it will have, and the files that it inherits. Raises ``CannotRun``."""
    server = application.server
    if find_spec(server) is None:
        raise CannotRun(f"{server} is not installed in this Python; install it: pip install {server}")
    config = application.gunicorn_config
    if config and not config.exists():
        raise CannotRun(f"{config}: no such file", "fix gunicorn_config in [tool.verification]")
    words, address, files = _COMMANDS[server](application)
    return [sys.executable, "-m", server, *words, *application.extra, application.name], address, files


def _gunicorn(application: Application) -> tuple[list[str], Address, tuple[int, ...]]:
    """The port is bound here and inherited (``fd://``), so no other process can take it in between."""
    listener = Listener()
    config = application.gunicorn_config
    options = ["--config", str(config)] if config else []
    if application.asgi and not config:
        options += ["--worker-class", _asgi_worker()]
    number = listener.socket.fileno()
    return [*options, *_without_control_socket(), "--bind", f"fd://{number}"], listener, (number,)


def _uvicorn(application: Application) -> tuple[list[str], Address, tuple[int, ...]]:
    port = Port()
    interface = "asgi3" if application.asgi else "wsgi"
    return ["--host", LOOPBACK, "--port", str(port.number), "--interface", interface], port, ()


def _granian(application: Application) -> tuple[list[str], Address, tuple[int, ...]]:
    port = Port()
    interface = "asginl" if application.asgi else "wsgi"  # Django's application has no lifespan
    words = ["--host", LOOPBACK, "--port", str(port.number), "--interface", interface, "--no-ws"]
    return [*words, "--access-log"], port, ()


_COMMANDS: Final[Mapping[str, Callable[[Application], tuple[list[str], Address, tuple[int, ...]]]]] = {
    "gunicorn": _gunicorn,
    "uvicorn": _uvicorn,
    "granian": _granian,
}


def _asgi_worker() -> str:
    for module, name in ASGI_WORKERS.items():
        if find_spec(module.partition(".")[0]) and (module.count(".") == 0 or find_spec(module)):
            return f"{module}.{name}"
    raise CannotRun(
        "gunicorn serves ASGI with a worker of uvicorn, which is not installed", "pip install uvicorn-worker"
    )


def _without_control_socket() -> list[str]:
    """Switch off what would otherwise be one path for all servers of a user (since gunicorn 25.1)."""
    config = import_module("gunicorn.config")
    known = {setting.name for setting in config.KNOWN_SETTINGS}
    return ["--no-control-socket"] if "control_socket_disable" in known else []
