"""The exit statuses of the commands, and the one error that ends a run: status 2, one line, no traceback."""

from typing import Final

EQUAL: Final = 0
"""All checks passed, or the schemas are equal."""
DIFFERS: Final = 1
"""A check failed, or the schemas differ."""
CANNOT_RUN: Final = 2
"""The command could not do what was asked; the reason is one line on stderr."""


class CannotRun(Exception):  # noqa: N818 - reads as the sentence it prints
    """The harness could not do what was asked.

    ``reason`` says what is wrong and where, ``advice`` what to do about it; the user sees them as one
    line. Neither may hold a password or a URL with credentials.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason}; {advice}" if advice else reason)
        self.reason = reason
        self.advice = advice
