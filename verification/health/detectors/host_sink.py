"""The host sink: a listener that takes the place of every host in the settings and counts connections.

It sees any connection to a configured host, whether made by libpq, another thread or a child process,
and also if its error is swallowed.
"""

import re
import secrets
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Self

from ...processes.listener import Listener
from ...processes.port import LOOPBACK
from .detector import Detector
from .violations import DATABASE, Violation

DETECTOR: Final = Detector(
    "host sink",
    DATABASE | {Violation.RAW_SOCKET, Violation.WITH_COOKIE},
    "hosts that the settings do not name",
)
BASE_SETTINGS: Final = "VERIFICATION_BASE_SETTINGS"
SINK_PORT: Final = "VERIFICATION_HOST_SINK_PORT"
ANY_SITE: Final = "VERIFICATION_ANY_SITE"
"""Variable that is set where the health path is to be answered under ``STRICT_SITE``."""
REDIRECTED_SETTINGS: Final = f"{__package__}.redirected_settings"
LOADED: Final = "verification: every host in the settings is the host sink"
"""Line that the settings module writes to the log when it is loaded."""
OWN_CONNECTION_SECONDS: Final = 5.0
FIRST_BYTES_SECONDS: Final = 0.2
"""How long to wait for the first bytes of a connection; it is counted without them too."""

STRICT_SITE: Final[Mapping[str, Any]] = {
    "ALLOWED_HOSTS": ["only.invalid"],
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "SESSION_SAVE_EVERY_REQUEST": True,
}
"""Settings of a strict production site, under which a probe is easily refused, redirected or sent a cookie."""

# ext:// and cfg:// belong to logging.config and name no host.
_HOST_OF_URL: Final = re.compile(r"(?<=://)(?<!\bext://)(?<!\bcfg://)((?:[^/@\s]*@)?)[^/@\s,;?#]+")
_HOST_AND_PORT: Final = re.compile(r"^[\w.-]+:\d+$")


def redirected(settings: Mapping[str, Any], port: int) -> dict[str, Any]:
    """Return the settings that have to change so that every host in them is ``127.0.0.1:port``."""
    changed: dict[str, Any] = {}
    for name, value in settings.items():
        if name.isupper() and (new := _redirected_value(value, port)) != value:
            changed[name] = new
    for name in ("DATABASES", "CACHES"):
        if name in settings:
            changed[name] = {
                alias: _redirected_service(service, port)
                for alias, service in changed.get(name, settings[name]).items()
            }
    if "EMAIL_HOST" in settings:
        changed |= {"EMAIL_HOST": LOOPBACK, "EMAIL_PORT": port}
    return changed


def _redirected_value(value: Any, port: int) -> Any:
    if isinstance(value, str):
        return _HOST_OF_URL.sub(rf"\g<1>{LOOPBACK}:{port}", value)
    if isinstance(value, Mapping):
        return {key: _redirected_value(item, port) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_redirected_value(item, port) for item in value)
    return value


def _redirected_service(service: Mapping[str, Any], port: int) -> dict[str, Any]:
    new = dict(service)
    if "sqlite3" not in str(new.get("ENGINE", "sqlite3")):
        new |= {"HOST": LOOPBACK, "PORT": str(port)}
    location = new.get("LOCATION", "")
    places = [location] if isinstance(location, str) else list(location)
    if any(_HOST_AND_PORT.match(place) for place in places):
        new["LOCATION"] = f"{LOOPBACK}:{port}"
    return new


def variables_with(settings: str, base: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the environment of a process of the project, with a settings module that redirects its hosts to a port."""
    return {
        **base,
        BASE_SETTINGS: base.get("DJANGO_SETTINGS_MODULE", ""),
        SINK_PORT: str(port),
        "DJANGO_SETTINGS_MODULE": settings,
    }


class HostSink:
    """The listener. It accepts each connection, counts it and closes it; use it in a ``with`` block."""

    def __init__(self) -> None:
        self._first_bytes: list[bytes] = []
        """One entry for each connection."""
        self._changed = threading.Condition()
        self._listener = Listener("host-sink", self._count)
        self.port: int = self._listener.port

    def _count(self, client: socket.socket) -> None:
        with client:
            client.settimeout(FIRST_BYTES_SECONDS)
            first_bytes = b""
            with suppress(OSError):
                first_bytes = client.recv(64)
            with self._changed:
                self._first_bytes.append(first_bytes)
                self._changed.notify_all()

    def take(self) -> list[str]:
        """Return the connections since the last ``take``, each described, in order."""
        mark = secrets.token_bytes(16)
        # Connections are accepted in order: after our own, all earlier ones have been counted.
        with socket.create_connection((LOOPBACK, self.port), timeout=OWN_CONNECTION_SECONDS) as own:
            own.sendall(mark)
        with self._changed:
            if not self._changed.wait_for(lambda: mark in self._first_bytes, OWN_CONNECTION_SECONDS):
                raise RuntimeError("the host sink does not see its own connection")
            connections = self._first_bytes[: self._first_bytes.index(mark)]
            del self._first_bytes[: len(connections) + 1]
        return [f"a connection to a host of the settings (first bytes {data[:8]!r})" for data in connections]

    def variables(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process of the project whose settings name this sink only."""
        return variables_with(REDIRECTED_SETTINGS, base, self.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
