"""Which line of the project makes the call that a detector sees."""

import re
import sys
from pathlib import Path
from typing import Final

HARNESS: Final = str(Path(__file__).parents[2])
_INSTALLED: Final = ("site-packages", "dist-packages", "/.venv/", "/.tox/")
PLACE: Final = re.compile(r" \(at (?P<place>[^()]+:\d+)\)")
"""How ``caller`` ends what was seen."""


def caller() -> str:
    """Return `` (at FILE:LINE)`` of the innermost frame below the working directory; empty without one."""
    root = f"{Path.cwd()}/"
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        own = file.startswith(root) and not file.startswith(HARNESS)
        if own and not any(part in file for part in _INSTALLED):
            return f" (at {file.removeprefix(root)}:{frame.f_lineno})"
        frame = frame.f_back  # type: ignore[assignment]
    return ""
