"""The dynamic witness: what the settings really read, and what they come to, in a process of their own."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from verification.configuration import Configuration
from verification.environment.loader import Observed
from verification.errors import CannotRun

HARNESS: Final = str(Path(__file__).resolve().parents[2])
"""Where this package lies: a project's process must find it, wherever the project lies."""
KEPT: Final[Sequence[str]] = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""Variables that a process needs whatever the project is; all others are the project's own."""
SECONDS: Final = 60.0
"""When to give up on one import of the settings."""


@dataclass(frozen=True)
class Loaded:
    """What one import of the settings came to."""

    error: str | None
    settings: Mapping[str, str]
    """Setting -> digest of its value."""
    engine: str | None
    ssl: Mapping[str, str]
    """The default database's options about TLS."""
    reads: frozenset[Observed]
    whole: tuple[tuple[str, int], ...]
    """Places (file, line) that read the whole environment."""


class Probe:
    """A process with the project's settings; ``with Probe(configuration) as probe: probe.load({...})``."""

    module: str = "verification.environment.probe"

    def __init__(self, configuration: Configuration) -> None:
        """Start it; the first import of the settings comes with the first request."""
        if not configuration.settings:
            raise CannotRun("pyproject.toml: [tool.verification] names no settings; name the settings module")
        self.configuration = configuration
        complete = configuration.variables()
        self.base: dict[str, str] = {name: complete[name] for name in KEPT if name in complete}
        self.base |= {name: complete[name] for name in configuration.generated_secrets}
        self.base |= dict(configuration.environment)
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, configuration.settings, str(configuration.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.base, "PYTHONPATH": os.pathsep.join((complete["PYTHONPATH"], HARNESS))},
            cwd=configuration.root,
            text=True,
        )

    def load(self, variables: Mapping[str, str | None] | None = None) -> Loaded:
        """Import the settings with nothing set but these and the generated secrets (None: unset)."""
        reply = self.ask({"environment": self.environment(variables)})
        options = reply.get("options", {})
        return Loaded(
            error=reply["error"],
            settings=reply.get("settings", {}),
            engine=options.get("engine"),
            ssl=options.get("ssl", {}),
            reads=frozenset(Observed(*each) for each in reply.get("reads", ())),
            whole=tuple((file, line) for file, line in reply.get("whole", ())),
        )

    def environment(self, variables: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """Give the whole environment that ``load`` imports the settings in."""
        wanted = {**self.base, **(variables or {})}
        return {name: value for name, value in wanted.items() if value is not None}

    def ask(self, request: Mapping[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
        """Send one request and await its answer."""
        assert self._process.stdin is not None  # noqa: S101 - they were asked for
        assert self._process.stdout is not None  # noqa: S101
        line = ""
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], seconds)[0]:
                line = self._process.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            self._process.kill()
            _, errors = self._process.communicate()
            last = (errors.strip().splitlines() or [f"no answer within {seconds:.0f} s"])[-1]
            raise CannotRun(f"settings module {self.configuration.settings}: cannot be loaded ({last})")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process; may be called twice."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()
