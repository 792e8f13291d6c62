"""Which provider this machine can use, and why not the others."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypedDict

from verification.errors import CannotRun
from verification.postgres import binaries, engine
from verification.postgres.container import ContainerServer
from verification.postgres.embedded import EmbeddedServer
from verification.postgres.existing import ExistingServer
from verification.postgres.server import Server
from verification.postgres.tls import Authority
from verification.processes import cleanup

PROVIDERS: Final = ("auto", "container", "embedded", "existing")


@dataclass(frozen=True)
class Choice:
    """A provider and, as a clause for the terminal's header, why it was taken."""

    provider: str
    reason: str


class Wanted(TypedDict, total=False):
    """One server of ``start_many``: what ``start`` takes as keywords."""

    tls: bool


@dataclass(frozen=True)
class Diagnosis:
    """What ``doctor`` found out about one provider."""

    provider: str
    works: bool
    why: str
    """What works, or what does not."""
    what_to_do: str
    """The next action; empty when it works."""
    versions: tuple[str, ...] = ()
    """PostgreSQL versions that it can start here."""


def choose(provider: str = "auto", dsn: str | None = None, *, major: int | None = None) -> Choice:
    """Choose a provider: ``auto`` takes a DSN that is given, else a container, else embedded.

    Raises ``CannotRun`` for a name that is none, and for a DSN without use or a use without DSN.
    """
    if provider not in PROVIDERS:
        raise CannotRun(
            f"--provider {provider}: there is no such provider; take one of {', '.join(PROVIDERS)}"
        )
    if dsn and provider not in {"auto", "existing"}:
        raise CannotRun(f"--dsn goes with --provider existing, not with {provider}; leave one of them away")
    if provider == "existing" and not dsn:
        raise CannotRun("--provider existing needs a server: --dsn postgresql://USER:PASSWORD@HOST:PORT/NAME")
    if dsn:
        return Choice("existing", "a DSN was given")
    if provider != "auto":
        return Choice(provider, "it was asked for")
    return _choose_freely(major)


def start(
    provider: str = "auto", *, major: int | None = None, tls: bool = False, dsn: str | None = None
) -> Server:
    """Start a server; with ``tls`` one that refuses connections in clear, ``authority`` set.

    An existing server has its own certificates: it must speak TLS, and ``authority`` stays None.
    """
    cleanup.arm()
    return _start(choose(provider, dsn, major=major).provider, major, tls, dsn)


def start_many(
    wanted: Sequence[Wanted], *, provider: str = "auto", major: int | None = None, dsn: str | None = None
) -> list[Server]:
    """Start several servers side by side, in the order of ``wanted``; all of them or none."""
    cleanup.arm()
    chosen = choose(provider, dsn, major=major).provider
    with ThreadPoolExecutor(max(len(wanted), 1)) as pool:
        futures = [pool.submit(_start, chosen, major, each.get("tls", False), dsn) for each in wanted]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                _close_started(future)
            raise


def doctor(dsn: str | None = None) -> list[Diagnosis]:
    """Try every provider, the embedded one by starting a server."""
    return [_examine_container(), _examine_embedded(), _examine_existing(dsn)]


def _choose_freely(major: int | None) -> Choice:
    try:
        client = engine.client()
    except CannotRun as obstacle:
        return Choice("embedded", _first_clause(obstacle))
    try:
        engine.require_image(client, engine.image_name(major))
    except CannotRun as obstacle:
        return Choice("embedded", _first_clause(obstacle))
    finally:
        client.client.close()
    return Choice("container", "a container engine answers and has the image")


def _start(provider: str, major: int | None, tls: bool, dsn: str | None) -> Server:
    if provider == "existing":
        return ExistingServer.launch(dsn or "", major=major, tls=tls)
    authority = Authority.create() if tls else None
    if provider == "container":
        return ContainerServer.launch(major=major, authority=authority)
    return EmbeddedServer.launch(major=major, authority=authority)


def _close_started(future: Future[Server]) -> None:
    with suppress(CannotRun):
        future.result().close()


def _examine_container() -> Diagnosis:
    try:
        client = engine.client()
    except CannotRun as obstacle:
        return _unfit("container", obstacle)
    try:
        majors = tuple(str(major) for major in engine.majors(client))
        engine.require_image(client, engine.image_name(None))
    except CannotRun as obstacle:
        return _unfit("container", obstacle, majors)
    finally:
        client.client.close()
    return Diagnosis("container", True, "the engine answers and has images", "", majors)


def _examine_embedded() -> Diagnosis:
    versions = tuple(f"{each.version} ({each.source})" for each in binaries.installations())
    try:
        with EmbeddedServer.launch() as server:
            return Diagnosis("embedded", True, f"PostgreSQL {server.version} started", "", versions)
    except CannotRun as obstacle:
        return _unfit("embedded", obstacle, versions)


def _examine_existing(dsn: str | None) -> Diagnosis:
    if not dsn:
        advice = "name one with --dsn postgresql://USER:PASSWORD@HOST:PORT/NAME"
        return Diagnosis("existing", False, "no server was named", advice)
    try:
        with ExistingServer.launch(dsn) as server:
            return Diagnosis("existing", True, f"{server.address} answers", "", (server.version,))
    except CannotRun as obstacle:
        return _unfit("existing", obstacle)


def _unfit(provider: str, obstacle: CannotRun, versions: tuple[str, ...] = ()) -> Diagnosis:
    why, _, advice = str(obstacle).removeprefix(f"{provider}: ").rpartition("; ")
    return Diagnosis(provider, False, why or advice, advice, versions)


def _first_clause(obstacle: CannotRun) -> str:
    return str(obstacle).removeprefix("container: ").split("; ")[0]
