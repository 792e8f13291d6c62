"""The servers of one test run: started when first asked for, shared, closed with the run."""

import os
from dataclasses import dataclass, field
from typing import Final

from verification.errors import CannotRun
from verification.postgres import engine, providers
from verification.postgres.server import Database, Server

SHARED: Final = "VERIFICATION_SHARED_SERVER"
"""The variable by which the parallel workers of one run learn of the server that all share."""


@dataclass
class Servers:
    """Plain and TLS servers of one provider."""

    provider: str
    description: str
    major: int | None = None
    dsn: str | None = None
    _plain: Server | None = field(default=None, repr=False)
    _tls: Server | None = field(default=None, repr=False)
    _django: Database | None = field(default=None, repr=False)

    def plain(self) -> Server:
        """Give the server without TLS."""
        self._required()
        if self._plain is None:
            self._plain = self._start(tls=False)
        return self._plain

    def tls(self) -> Server:
        """Give the server with TLS and its authority."""
        self._required()
        if self._tls is None:
            self._tls = self._start(tls=True)
        return self._tls

    def start_both(self) -> None:
        """Start both side by side, for a run that will need both."""
        if self.provider not in ("none", "existing") and self._plain is None and self._tls is None:
            self._plain, self._tls = providers.start_many(
                [{"tls": False}, {"tls": True}], provider=self.provider, major=self.major
            )

    def django_database(self) -> Database | None:
        """Give the database that the project's own settings are led to; None for provider ``none``."""
        if self.provider == "none":
            return None
        if self._django is None:
            self._django = self.plain().create_database()
        return self._django

    def secrets(self) -> list[str]:
        """Give the passwords that no report may show."""
        return [started.password for started in (self._plain, self._tls) if started is not None]

    def close(self) -> None:
        """Drop what the run created and stop what it started."""
        if self._django is not None:
            database, self._django = self._django, None
            if not database.server.can_stop:
                database.server.drop_database(database.name)
        for started in (self._plain, self._tls):
            if started is not None:
                started.close()
        self._plain = self._tls = None
        os.environ.pop(SHARED, None)

    def _start(self, *, tls: bool) -> Server:
        return providers.start(self.provider, major=self.major, tls=tls, dsn=self.dsn)

    def _required(self) -> None:
        if self.provider == "none":
            raise CannotRun("this needs PostgreSQL, and --provider none was given; leave the option away")


def container_obstacle() -> str:
    """Say why no container can be started here; empty when one can."""
    try:
        engine.client().client.close()
    except CannotRun as obstacle:
        return str(obstacle)
    return ""


def prepare(
    *, provider: str, major: int | None, dsn: str | None, worker: bool = False, both: bool = False
) -> Servers:
    """Choose the provider; a parallel worker takes the server that its controller has started.

    The choice is made and said before anything starts, so that a run that cannot have a server
    ends with one line. ``both``: plain and TLS will be needed, so they start side by side.
    """
    if provider == "none":
        return Servers(provider, "none asked for (--provider none): the project's own database settings")
    if worker and SHARED in os.environ:
        return Servers("existing", "shared with the other workers", dsn=os.environ[SHARED])
    chosen = providers.choose(provider, dsn, major=major)
    servers = Servers(chosen.provider, "", major=major, dsn=dsn)
    if both:
        servers.start_both()
    plain = servers.plain()
    servers.description = f"{plain.version} {chosen.provider} at {plain.address} ({chosen.reason})"
    os.environ[SHARED] = plain.url()
    return servers
