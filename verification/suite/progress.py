"""What a person sees while the gate runs: the check that runs, how far the run is, and when it will end."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ..report.result import Check
from ..report.terminal import STYLES
from ..words import counted

_COLUMNS: Final = "{task.description}"


class RunProgress:
    """Shows the run on a terminal as one line that changes, elsewhere as one plain line for each check."""

    def __init__(self) -> None:
        """Create it while pytest captures nothing: what it writes goes to the standard output of that moment."""
        self._file: TextIO = os.fdopen(
            os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="backslashreplace"
        )
        self._console = Console(file=self._file)
        self._expected: Mapping[str, float] = {}
        self._waiting: list[str] = []
        self._total = self._ended = 0
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn(_COLUMNS),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=None)

    def start(self, checks: Sequence[str], expected: Mapping[str, float]) -> None:
        """Begin a run of these checks. ``expected``: seconds of each in the last comparable run."""
        self._expected = expected
        self._waiting, self._total = list(checks), len(checks)
        self._bar.start()
        self._bar.update(self._task, total=len(checks))
        if not self._console.is_terminal:
            self._say(f"{counted(len(checks), 'check')}{self._left()}")

    def begin(self, check: str) -> None:
        """Show the check that runs now."""
        self._bar.update(self._task, description=f"{escape(check)}{self._left()}")

    def end(self, check: Check) -> None:
        """Show that a check has ended."""
        self._ended += 1
        if check.name in self._waiting:
            self._waiting.remove(check.name)
        self._bar.advance(self._task)
        verdict = check.verdict.value
        if self._console.is_terminal:
            if check.verdict.value != "passed":
                self._bar.print(f"[{STYLES[check.verdict]}]{verdict}[/] {escape(check.name)}")
        else:
            self._say(
                f"[{self._ended:>{len(str(self._total))}}/{self._total}] {check.name} {verdict} {check.seconds:.1f} s"
            )

    def close(self) -> None:
        """End the line; may be called twice."""
        self._bar.stop()
        self._file.flush()

    def _say(self, line: str) -> None:
        print(line, file=self._file, flush=True)

    def _left(self) -> str:
        """Return how long the checks to come will take, if a comparable run has had nearly all of them."""
        known = [self._expected[name] for name in self._waiting if name in self._expected]
        if not known or len(known) < len(self._waiting) * 0.8:
            return ""
        seconds = sum(known) / len(known) * len(self._waiting)
        return f", about {seconds // 60:.0f}:{seconds % 60:02.0f} to go"
