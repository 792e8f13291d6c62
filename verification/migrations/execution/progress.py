"""What a terminal shows while a command works; where nobody looks, nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .worker_process import Event


def say(line: str) -> None:
    """Print one line on a terminal's standard error."""
    if sys.stderr.isatty():
        Console(stderr=True).print(f"[dim]{line}[/dim]", highlight=False)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something goes on."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(what):
        yield


@contextmanager
def steps() -> Iterator[Callable[[int, Event], None] | None]:
    """Show one line a worker: how far its chain is and which migration runs now."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        lines = {}

        def step(worker: int, event: Event) -> None:
            if worker not in lines:
                lines[worker] = shown.add_task("")
            if event["done"] == 0:
                shown.reset(lines[worker])
            shown.update(
                lines[worker], description=event["migration"], completed=event["done"], total=event["total"]
            )

        yield step
