"""What ``[tool.verification.deploy]`` says."""

from typing import Final

from ..errors import CannotRun
from ..project.configuration import Configuration
from .suppressions import FILE

PLACE: Final = f"{FILE}: [tool.verification.deploy]"
KEYS: Final = {"base": "origin/main", "tests": "pytest", "one_migrator": "", "accept": ""}
"""Key -> an example."""


def base(configuration: Configuration) -> str:
    """Return the revision that runs in production; empty if the project names none. Raises ``CannotRun``."""
    return _text(configuration, "base", "revision")


def tests(configuration: Configuration) -> str:
    """Return how the project's tests are run; empty if they are not to be run. Raises ``CannotRun``."""
    return _text(configuration, "tests", "command")


def one_migrator(configuration: Configuration) -> bool:
    """Whether never more than one process migrates, such as one job before all servers. Raises ``CannotRun``."""
    named = _value(configuration, "one_migrator", False)
    if not isinstance(named, bool):
        raise CannotRun(
            f"{PLACE} one_migrator: {named!r} is neither true nor false", "write one_migrator = true"
        )
    return named


def _text(configuration: Configuration, key: str, kind: str) -> str:
    named = _value(configuration, key, "")
    if not isinstance(named, str):
        raise CannotRun(f"{PLACE} {key}: {named!r} is no {kind}", f'write {key} = "{KEYS[key]}"')
    return named


def _value(configuration: Configuration, key: str, default: object) -> object:
    if unknown := sorted(configuration.deploy.keys() - KEYS.keys()):
        raise CannotRun(f"{PLACE} has no key {unknown[0]!r}", f"the keys are {', '.join(KEYS)}")
    return configuration.deploy.get(key, default)
