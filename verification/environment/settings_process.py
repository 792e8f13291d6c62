"""The settings imported in a process of their own: which variables they read, and which values they have."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from ..errors import CannotRun
from ..processes.child import Child
from ..project.configuration import Configuration
from ..project.environment import clean_environment
from .recording_environ import Observed


@dataclass(frozen=True)
class DatabaseOptions:
    """One database alias."""

    engine: str
    ssl: Mapping[str, str]
    """Its options about TLS."""

    @property
    def on_postgresql(self) -> bool:
        """Whether its engine is PostgreSQL's, also one that is derived from Django's."""
        return "postg" in self.engine


@dataclass(frozen=True)
class Loaded:
    """What one import of the settings came to."""

    error: str | None
    settings: Mapping[str, str]
    """Setting -> digest of its value."""
    databases: Mapping[str, "DatabaseOptions"]
    """Alias -> how it is connected."""
    reads: frozenset[Observed]
    whole: tuple[tuple[str, int], ...]
    """Places (file, line) that read the whole environment."""


@dataclass(frozen=True)
class Running:
    """What one run of the project came to."""

    reads: frozenset[Observed]
    files: tuple[Path, ...]
    """The project's files that were loaded."""


class Probe:
    """A process with the project's settings; ``with Probe(configuration) as probe: probe.load({...})``."""

    def __init__(self, configuration: Configuration) -> None:
        """Start it; the first import of the settings comes with the first request."""
        if not configuration.settings:
            raise CannotRun("pyproject.toml: [tool.verification] names no settings; name the settings module")
        self._configuration = configuration
        complete = clean_environment(configuration)
        self.base = {name: value for name, value in complete.items() if name not in _OURS}
        self._child = Child(
            f"settings module {configuration.settings}: cannot be loaded",
            [
                sys.executable,
                "-m",
                f"{__package__}.probe",
                configuration.settings,
                str(configuration.root),
            ],
            environment=complete,
            directory=configuration.root,
        )

    def load(self, variables: Mapping[str, str | None] | None = None) -> Loaded:
        """Import the settings with nothing set but these and the generated secrets (None: unset)."""
        wanted = {**self.base, **(variables or {})}
        environment = {name: value for name, value in wanted.items() if value is not None}
        reply: dict[str, Any] = self._child.ask({"environment": environment})
        return Loaded(
            error=reply["error"],
            settings=reply.get("settings", {}),
            databases={
                alias: DatabaseOptions(each["engine"], each["ssl"])
                for alias, each in reply.get("options", {}).items()
            },
            reads=frozenset(Observed(*each) for each in reply.get("reads", ())),
            whole=tuple((file, line) for file, line in reply.get("whole", ())),
        )

    def run(self, variables: Mapping[str, str]) -> "Running":
        """Start the whole project in such an environment, up to its first answer. Raises ``CannotRun`` if it cannot."""
        configuration = self._configuration
        request = {
            "environment": {**self.base, **variables},
            "wsgi": configuration.application,
            "celery_app": configuration.celery_app,
            "health_path": configuration.health_path,
        }
        reply: dict[str, Any] = self._child.ask(request)
        if "error" in reply:
            raise CannotRun(f"settings module {configuration.settings}: {reply['error']}", "start it by hand")
        reads = frozenset(Observed(*each) for each in reply["reads"])
        return Running(reads, tuple(Path(file) for file in reply["files"]))

    def close(self) -> None:
        """End the process; may be called twice."""
        self._child.close()

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()


_OURS: Final = frozenset({"PYTHONPATH", "DJANGO_SETTINGS_MODULE"})
"""How the process finds the project: settled before the settings are imported."""
