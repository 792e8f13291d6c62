"""Consoles of rich that cut no line: a terminal wraps long ones, a file gets them whole."""

import re
import sys
from typing import Any, Final, TextIO, cast

from rich.console import Console

WIDE_COLUMNS: Final = 10_000
_TRAILING: Final = re.compile(r"[ \t]+$", re.MULTILINE)


class _WithoutTrailingBlanks:
    """A file that gets no blanks at the ends of lines, which rich writes to fill the cells of tables."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        self._file.write(_TRAILING.sub("", text))
        return len(text)


def console(columns: int = WIDE_COLUMNS) -> Console:
    """Return a console on standard output; ``columns``: of a file, a terminal has its own."""
    standard = Console()
    if standard.is_terminal:
        return standard
    return Console(file=cast("TextIO", _WithoutTrailingBlanks(sys.stdout)), width=columns)
