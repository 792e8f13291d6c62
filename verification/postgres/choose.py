"""Which provider this machine can use, and why not the others."""

from dataclasses import dataclass
from typing import Final

from verification.errors import CannotRun
from verification.postgres.embedded import EmbeddedServer
from verification.postgres.server import Server
from verification.postgres.tls import Authority

PROVIDERS: Final = ("auto", "container", "embedded", "existing")


@dataclass(frozen=True)
class Choice:
    """A provider and the sentence that says why it was taken."""

    provider: str
    reason: str


def choose(provider: str = "auto", dsn: str | None = None, *, major: int | None = None) -> Choice:
    """Choose a provider."""
    return Choice("embedded", "asked for")


def start(
    provider: str = "auto", *, major: int | None = None, tls: bool = False, dsn: str | None = None
) -> Server:
    """Start a server."""
    if provider not in ("auto", "embedded"):
        raise CannotRun(f"provider {provider} is not there yet")
    return EmbeddedServer.launch(major=major, authority=Authority.create() if tls else None)
