"""The project's own connections: its processes started with its own variables, asked what they see."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from ..errors import CannotRun
from ..postgres.server import Database
from ..processes.child import Child
from ..processes.output import last_line
from ..project.configuration import Configuration
from ..project.environment import TLS_KEYWORDS, clean_environment, database_variables
from .cases import IN_CLEAR, IN_TLS
from .options import weakening
from .session_probe import ENDED


@dataclass(frozen=True)
class Session:
    """What came of one connection of the project."""

    outcome: str
    """``IN_TLS``, ``IN_CLEAR``, or the words of the refusal."""
    version: str = ""
    """As the server has it in pg_stat_ssl."""
    cipher: str = ""
    printed: str = ""
    """What the process wrote: its start-up log."""
    alias: str = "default"
    client: str = ""
    """The subject of the client's certificate, as the server has it."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What libpq has used, from whatever source: keyword -> value."""

    def faults(self, expected: str, parameters: Mapping[str, str]) -> list[str]:
        """Return what is wrong: another outcome, other parameters than these, or some that weaken the connection.

        ``expected``: ``IN_TLS``, ``IN_CLEAR``, or words of the refusal.
        """
        connects = expected in {IN_TLS, IN_CLEAR}
        if self.outcome != expected if connects else expected not in self.outcome:
            return [f"expected {expected!r}, got {self.outcome!r}"]
        if not connects:
            return []
        other = [
            f"libpq uses {keyword}={self.parameters.get(keyword)} instead of {value}"
            for keyword, value in parameters.items()
            if self.parameters.get(keyword) != value
        ]
        return other + [f"libpq uses {each}, which weakens TLS" for each in weakening(self.parameters)]


def session_of(reply: Mapping[str, Any], printed: str = "") -> Session:
    """Return a session as ``session_report`` tells of it."""
    alias = str(reply["alias"])
    if reply["error"]:
        return Session(str(reply["error"]), printed=printed, alias=alias)
    return Session(
        IN_TLS if reply["ssl"] else IN_CLEAR,
        reply["version"] or "",
        reply["cipher"] or "",
        printed,
        alias,
        reply["client"] or "",
        reply["parameters"],
    )


def names_tls(configuration: Configuration) -> bool:
    """Whether the project names a variable for TLS."""
    return any(keyword in configuration.database_environment for keyword in TLS_KEYWORDS)


class Sessions:
    """Starts processes of the project; ``with`` ends them."""

    def __init__(self, configuration: Configuration, home: Path) -> None:
        """``home`` is the home directory that they see, an empty one."""
        missing = [keyword for keyword in TLS_KEYWORDS if keyword not in configuration.database_environment]
        if missing:
            raise CannotRun(
                f"pyproject.toml: [tool.verification.database_environment] has no {missing[0]}; "
                "name the project's variable for it"
            )
        self.configuration = configuration
        self.home = home
        self.base = clean_environment(configuration) | {"HOME": str(home)}
        self._child = Child(
            f"settings module {configuration.settings}: no connection can be tried",
            [sys.executable, "-m", f"{__package__}.session_probe"],
            environment=self.base,
            directory=configuration.root,
        )

    def environment(
        self, database: Database | None, tls: Mapping[str, str] | None = None, **more: str
    ) -> dict[str, str]:
        """Return all variables of a process whose default database is ``database``."""
        variables = database_variables(self.configuration, database, **(tls or {})) if database else {}
        return {**self.base, **variables, **more}

    def connect(self, database: Database, tls: Mapping[str, str] | None = None, **more: str) -> list[Session]:
        """Connect every alias through Django. ``tls``: libpq keyword -> value; ``more``: other variables."""
        reply = self._ask("connect", self.environment(database, tls, **more))
        if reply["error"]:
            return [Session(str(reply["error"]), printed=reply["printed"])]
        return [session_of(each, reply["printed"]) for each in reply["sessions"]]

    def start(self, database: Database | None, tls: Mapping[str, str]) -> str:
        """Start the project and give what it wrote to its log."""
        return str(self._ask("start", self.environment(database, tls))["printed"])

    def check(self, database: Database, tls: Mapping[str, str]) -> list[tuple[int, str]]:
        """Return the messages of the project's system checks: level (as in ``logging``) and text."""
        reply = self._ask("check", self.environment(database, tls))
        return [(message["level"], message["text"]) for message in reply.get("messages", ())]

    def variable(self, keyword: str) -> str:
        """Name the project's variable for one of libpq's keywords."""
        return self.configuration.database_environment[keyword]

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _ask(self, action: str, environment: Mapping[str, str]) -> dict[str, Any]:
        reply = self._child.ask({"action": action, "environment": dict(environment)})
        if reply["error"] == ENDED:
            last = last_line(reply["printed"], "it said nothing")
            raise CannotRun(f"settings module {self.configuration.settings}: does not start ({last})")
        return reply

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()
