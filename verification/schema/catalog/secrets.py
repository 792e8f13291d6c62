"""Mask secret options of foreign servers and user mappings."""

import re
from collections.abc import Iterable
from typing import Final

SECRET: Final = re.compile(r"pass|secret|key|token|credential|auth|conninfo|dsn|url", re.IGNORECASE)
MASK: Final = "(secret)"


def masked(options: Iterable[str]) -> tuple[str, ...]:
    """Return ``name=value`` texts sorted, with the values of secret ones replaced."""
    shown = []
    for option in options:
        name, _, value = option.partition("=")
        shown.append(f"{name}={MASK if SECRET.search(name) else value}")
    return tuple(sorted(shown))
