"""Plain tables for the terminal, and the exit statuses of the commands that print them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError, InterfaceError

CANNOT_RUN: Final = 2


def write_table(stdout: OutputWrapper, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows under their heads, each column as wide as its longest cell."""
    cells = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@contextmanager
def database_needed() -> Iterator[None]:
    """Turn the loss of the database into one clear line and exit status 2."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise CommandError(
            f"The database cannot be used: {reason}. Nothing was changed by the step that failed; run again.",
            returncode=CANNOT_RUN,
        ) from None


def end_with(status: int) -> None:
    """End the command with an exit status, unless it is 0."""
    if status:
        sys.exit(status)
