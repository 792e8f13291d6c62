"""What ``[tool.verification.deploy]`` says."""

from typing import Final

from ..errors import CannotRun
from ..project.configuration import Configuration
from .suppressions import FILE

KEYS: Final = {"base": "origin/main", "tests": "pytest", "accept": ""}
"""Key -> an example."""


def base(configuration: Configuration) -> str:
    """Return the revision that runs in production; empty if the project names none. Raises ``CannotRun``."""
    return _text(configuration, "base", "revision")


def tests(configuration: Configuration) -> str:
    """Return how the project's tests are run; empty if they are not to be run. Raises ``CannotRun``."""
    return _text(configuration, "tests", "command")


def _text(configuration: Configuration, key: str, kind: str) -> str:
    place = f"{FILE}: [tool.verification.deploy]"
    if unknown := sorted(configuration.deploy.keys() - KEYS.keys()):
        raise CannotRun(f"{place} has no key {unknown[0]!r}", f"the keys are {', '.join(KEYS)}")
    named = configuration.deploy.get(key, "")
    if not isinstance(named, str):
        raise CannotRun(f"{place} {key}: {named!r} is no {kind}", f'write {key} = "{KEYS[key]}"')
    return named
