"""A trap: every host that the settings name becomes one listener of ours, which counts who calls.

It sees any connection to a configured host by whatever means (libpq, other threads, child
processes), errors swallowed or not; it is blind to hosts that the settings do not name.
"""

import re
import secrets
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Self

from verification.project.web_server import LOOPBACK

BASE_SETTINGS: Final = "VERIFICATION_BASE_SETTINGS"
TRAP_PORT: Final = "VERIFICATION_TRAP_PORT"
TRAP_SETTINGS: Final = "verification.health.detectors.redirected_settings"
IN_FORCE: Final = "verification: the settings lead into the trap"
"""What the settings module writes to the log once it is in use."""
MARK_SECONDS: Final = 5.0
GREETING_SECONDS: Final = 0.2
"""How long a caller may take to say something; it is counted all the same."""

HARSH: Final[Mapping[str, Any]] = {
    "ALLOWED_HOSTS": ["only.invalid"],
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "SESSION_SAVE_EVERY_REQUEST": True,
}
"""Settings of a strict production site on which probes stumble (design: "What probes trip over")."""

# ext:// and cfg:// are the logging configuration's own, and name no host.
_HOST_OF_URL: Final = re.compile(r"(?<=://)(?<!\bext://)(?<!\bcfg://)((?:[^/@\s]*@)?)[^/@\s,;?#]+")
_HOST_AND_PORT: Final = re.compile(r"^[\w.-]+:\d+$")


def redirect(settings: Mapping[str, Any], port: int) -> dict[str, Any]:
    """Give the settings that must change so that every host they name is ``127.0.0.1:port``."""
    changed: dict[str, Any] = {}
    for name, value in settings.items():
        if name.isupper() and (new := _redirected(value, port)) != value:
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


def _redirected(value: Any, port: int) -> Any:
    if isinstance(value, str):
        return _HOST_OF_URL.sub(rf"\g<1>{LOOPBACK}:{port}", value)
    if isinstance(value, Mapping):
        return {key: _redirected(each, port) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_redirected(each, port) for each in value)
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


class Trap:
    """The listener; ``with Trap() as trap:`` closes it. A caller is accepted, counted and hung up on."""

    def __init__(self) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._callers: list[bytes] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="trap")
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(GREETING_SECONDS)
                greeting = b""
                with suppress(OSError):
                    greeting = caller.recv(64)
                with self._changed:
                    self._callers.append(greeting)
                    self._changed.notify_all()

    def take(self) -> list[str]:
        """Give the callers since the last ``take``, each described, in the order in which they came."""
        mark = secrets.token_bytes(16)
        # The queue of a listener is in order: once our own call is through, so is every earlier one.
        with socket.create_connection((LOOPBACK, self.port), timeout=MARK_SECONDS) as own:
            own.sendall(mark)
        with self._changed:
            if not self._changed.wait_for(lambda: mark in self._callers, MARK_SECONDS):
                raise RuntimeError("the trap does not see its own call")
            callers = self._callers[: self._callers.index(mark)]
            del self._callers[: len(callers) + 1]
        return [f"a connection to a host of the settings (first bytes {each[:8]!r})" for each in callers]

    def variables(self, base: Mapping[str, str]) -> dict[str, str]:
        """Give the environment under which the project's settings lead into this trap."""
        return {
            **base,
            BASE_SETTINGS: base["DJANGO_SETTINGS_MODULE"],
            TRAP_PORT: str(self.port),
            "DJANGO_SETTINGS_MODULE": TRAP_SETTINGS,
        }

    def close(self) -> None:
        """Stop listening; may be called twice."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the accept of the thread
        self._listener.close()
        self._thread.join(MARK_SECONDS)

    def __enter__(self) -> Self:
        """Give the open trap."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
