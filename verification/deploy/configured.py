"""What ``[tool.verification.deploy]`` says."""

from typing import Final

from ..errors import CannotRun
from ..project.configuration import Configuration
from .suppressions import FILE

KEYS: Final = ("base", "accept")


def base(configuration: Configuration) -> str:
    """Return the revision that runs in production; empty if the project names none. Raises ``CannotRun``."""
    place = f"{FILE}: [tool.verification.deploy]"
    if unknown := sorted(configuration.deploy.keys() - set(KEYS)):
        raise CannotRun(f"{place} has no key {unknown[0]!r}", f"the keys are {', '.join(KEYS)}")
    named = configuration.deploy.get("base", "")
    if not isinstance(named, str):
        raise CannotRun(f"{place} base: {named!r} is no revision", 'write base = "origin/main"')
    return named
