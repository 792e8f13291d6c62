"""Parses the text of environment variables; only `settings.py` and `gunicorn.conf.py` read the environment.

All problems are collected, so that an operator sees every one at once, with the name of its variable.
Values are quoted in messages only where they cannot be secret (numbers and choices).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS: Final = frozenset({"true", "1", "yes"})
FALSE_WORDS: Final = frozenset({"false", "0", "no", ""})


@dataclass
class Environment:
    """Parses values and remembers what was wrong; `complete()` ends the start-up if anything was."""

    problems: list[str] = field(default_factory=list)
    """Each makes the start-up fail."""
    warnings: list[str] = field(default_factory=list)
    """Each becomes a warning of the system checks."""

    def boolean(self, name: str, text: str) -> bool:
        """Read true, 1 or yes in any case as true, all else as false."""
        word = text.strip().lower()
        if word not in TRUE_WORDS | FALSE_WORDS:
            self.warnings.append(f"{name} is {text!r}, which counts as false; use true or false")
        return word in TRUE_WORDS

    def integer(self, name: str, text: str, *, minimum: int = 0) -> int:
        """Read a whole number that is not below the minimum."""
        try:
            value = int(text)
        except ValueError:
            self.problems.append(f"{name} must be a whole number, not {text!r}")
            return minimum
        self._bound(name, value, minimum)
        return value

    def seconds(self, name: str, text: str, *, minimum: float = 0.0) -> float:
        """Read a finite number of seconds; a whole one comes back as `int`."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.problems.append(f"{name} must be a number, not {text!r}")
            return 1
        self._bound(name, value, minimum)
        return int(value) if value.is_integer() else value

    def items(self, text: str) -> list[str]:
        """Read a comma list; blanks around the items and empty items are dropped."""
        return [item.strip() for item in text.split(",") if item.strip()]

    def networks(self, name: str, text: str) -> list[str]:
        """Read a comma list of IP addresses and networks."""
        items = self.items(text)
        for item in items:
            try:
                ip_network(item, strict=False)
            except ValueError:
                self.problems.append(
                    f"{name} must hold addresses or networks such as 10.0.0.0/8, not {item!r}"
                )
        return items

    def fernet_keys(self, name: str, text: str) -> list[str]:
        """Read a comma list of one or more Fernet keys, which are never quoted."""
        keys = self.items(text)
        if not keys:
            self.problems.append(f"{name} must be set: merchants' credentials are encrypted with it")
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            self.problems.append(
                f"{name} must hold keys of 32 bytes in URL-safe base64, as Fernet.generate_key() makes them"
            )
        return keys

    def choice(self, name: str, text: str, allowed: Sequence[str]) -> str:
        """Read one of the allowed words."""
        if text not in allowed:
            self.problems.append(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
        return text

    def time_zone(self, name: str, text: str) -> str:
        """Read the name of a time zone that this machine knows."""
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.problems.append(f"{name} must name a time zone such as Europe/Moscow, not {text!r}")
        return text

    def complete(self) -> None:
        """Raise `ImproperlyConfigured` with every problem found."""
        if self.problems:
            raise ImproperlyConfigured("; ".join(self.problems))

    def _bound(self, name: str, value: float, minimum: float) -> None:
        if value < minimum:
            self.problems.append(f"{name} must be at least {minimum:g}, not {value:g}")
