"""Words for people: numbers with their nouns, and lines that fit the terminal."""

import math
import shutil
import sys
from textwrap import fill


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which is in the singular."""
    plural = "es" if noun.endswith(("sh", "ch", "x")) else "s"
    return f"{number:,} {noun}{plural if number != 1 else ''}"


def unit_of(number: float, unit: str) -> str:
    """Return a unit, which is in the plural, as it stands behind a number."""
    return unit[:-1] if number == 1 and unit not in {"s", "ms"} and unit.endswith("s") else unit


def figure(value: float) -> str:
    """Return a number as people write it: whole ones with all digits, others with four."""
    return f"{value:,.0f}" if math.isfinite(value) and value == round(value) else f"{value:.4g}"


def fitting(line: str, indent: str = "  ") -> str:
    """Return a line as a terminal shows it without breaking words, further lines indented; a file gets it as it is."""
    if not sys.stdout.isatty():
        return line
    columns = shutil.get_terminal_size().columns
    return fill(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
