"""The providers of PostgreSQL servers: choose one, start servers, diagnose what works on this machine."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Final, TypedDict

from .. import extras
from ..errors import CannotRun
from ..processes import cleanup
from . import binaries, driver, shell
from .embedded import EmbeddedServer
from .existing import ExistingServer
from .server import Server
from .url import FORM

if TYPE_CHECKING:
    from .tls import Authority

PROVIDERS: Final = ("auto", "container", "embedded", "existing")


@dataclass(frozen=True)
class Choice:
    """A provider, and why it was chosen: a clause for the header in the terminal."""

    provider: str
    reason: str


class Wanted(TypedDict, total=False):
    """One server for ``start_many``: keyword arguments of ``start``."""

    tls: bool


@dataclass(frozen=True)
class Diagnosis:
    """Whether one provider works on this machine."""

    provider: str
    works: bool
    reason: str
    """What works, or what does not."""
    advice: str
    """What to do; empty if it works."""
    versions: tuple[str, ...] = ()
    """PostgreSQL versions that it can start here; of an existing server, its own."""


def choose(provider: str = "auto", dsn: str | None = None, *, major: int | None = None) -> Choice:
    """Return the provider to use: ``auto`` means a DSN if there is one, else a container, else embedded.

    Raises ``CannotRun`` for an unknown provider, and if provider and DSN contradict each other.
    """
    if provider not in PROVIDERS:
        raise CannotRun(
            f"--provider {provider}: there is no such provider", f"choose one of {', '.join(PROVIDERS)}"
        )
    if dsn and provider not in {"auto", "existing"}:
        raise CannotRun(f"--dsn goes with --provider existing, not with {provider}", "omit one of them")
    if provider == "existing" and not dsn:
        raise CannotRun("--provider existing needs a server", f"name one with --dsn {FORM}")
    if dsn:
        return Choice("existing", "a DSN was given")
    if provider != "auto":
        return Choice(provider, "as requested")
    return _choose_available(major)


def start(
    provider: str = "auto", *, major: int | None = None, tls: bool = False, dsn: str | None = None
) -> Server:
    """Start a server, or connect to an existing one. Raises ``CannotRun`` if that fails.

    With ``tls`` it refuses connections in clear and has an ``authority``; an existing server must offer TLS,
    and its ``authority`` is None.
    """
    driver.require()
    cleanup.arm()
    chosen = choose(provider, dsn, major=major).provider
    if chosen != "existing":
        shell.hide()
    return _start(chosen, major, tls, dsn)


def start_many(
    wanted: Sequence[Wanted], *, provider: str = "auto", major: int | None = None, dsn: str | None = None
) -> list[Server]:
    """Start several servers in parallel and return them in the order of ``wanted``.

    Raises ``CannotRun`` if one does not start; then none is left running.
    """
    driver.require()
    cleanup.arm()
    chosen = choose(provider, dsn, major=major).provider
    if chosen != "existing":
        shell.hide()
    with ThreadPoolExecutor(max(len(wanted), 1)) as pool:
        futures = [pool.submit(_start, chosen, major, server.get("tls", False), dsn) for server in wanted]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                _close_started(future)
            raise


def diagnose(dsn: str | None = None) -> list[Diagnosis]:
    """Try every provider, the embedded one by starting a server."""
    driver.require()
    return [_diagnose_container(), _diagnose_embedded(), _diagnose_existing(dsn)]


def engine() -> ModuleType:
    """Return the module about the container engine. Raises ``CannotRun`` if what it needs is not installed."""
    extras.require("containers", "a container")
    from . import engine

    return engine


def _choose_available(major: int | None) -> Choice:
    try:
        containers = engine()
        client = containers.client()
    except CannotRun as error:
        return Choice("embedded", error.reason)
    try:
        containers.require_image(client, containers.image_name(major))
    except CannotRun as error:
        return Choice("embedded", error.reason)
    finally:
        client.client.close()
    return Choice("container", "a container engine answers and has the image")


def _start(provider: str, major: int | None, tls: bool, dsn: str | None) -> Server:
    if provider == "existing":
        return ExistingServer.launch(dsn or "", major=major, tls=tls)
    authority = _authority() if tls else None
    if provider == "container":
        engine()
        from .container import ContainerServer

        return ContainerServer.launch(major=major, authority=authority)
    return EmbeddedServer.launch(major=major, authority=authority)


def _authority() -> "Authority":
    extras.require("run", "a server with TLS")
    from .tls import Authority

    return Authority.create()


def _close_started(future: Future[Server]) -> None:
    if future.exception() is None:
        with suppress(CannotRun):
            future.result().close()


def _diagnose_container() -> Diagnosis:
    try:
        containers = engine()
        client = containers.client()
    except CannotRun as error:
        return Diagnosis("container", False, error.reason, error.advice)
    try:
        majors = tuple(str(major) for major in containers.majors(client))
        containers.require_image(client, containers.image_name(None))
    except CannotRun as error:
        return Diagnosis("container", False, error.reason, error.advice, majors)
    finally:
        client.client.close()
    return Diagnosis("container", True, "the container engine answers and has images", "", majors)


def _diagnose_embedded() -> Diagnosis:
    shell.hide()
    versions = tuple(f"{programs.version} ({programs.source})" for programs in binaries.installations())
    try:
        with EmbeddedServer.launch() as server:
            return Diagnosis("embedded", True, f"PostgreSQL {server.version} started", "", versions)
    except CannotRun as error:
        return Diagnosis("embedded", False, error.reason, error.advice, versions)


def _diagnose_existing(dsn: str | None) -> Diagnosis:
    if not dsn:
        return Diagnosis("existing", False, "no server was named", f"name one with --dsn {FORM}")
    try:
        with shell.shown(), ExistingServer.launch(dsn) as server:
            return Diagnosis("existing", True, f"{server.address} answers", "", (server.version,))
    except CannotRun as error:
        return Diagnosis("existing", False, error.reason, error.advice)
