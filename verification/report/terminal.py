"""The result of a run as a table in the terminal: the verdict first, then the checks, the worst first."""

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .result import WORST_FIRST, Check, Measurement, Result, Verdict

STYLES: Final = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.ERROR: "bold magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.PARTIAL: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}


def show(result: Result, console: Console, reports: str) -> None:
    """Print the verdict, one row for each check, and the reason of each that did not pass."""
    counts = ", ".join(
        f"{number} {verdict.value}"
        for verdict in WORST_FIRST
        if (number := sum(check.verdict is verdict for check in result.checks))
    )
    style = STYLES[result.verdict]
    console.print(f"\n[{style}]verdict: {result.headline}[/{style}]  ({counts or 'no checks'})")
    if result.reason:
        console.print(f"[{style}]the run did not finish[/{style}]: {escape(result.reason)}")
    console.print(_table(result.checks))
    for check in sorted_checks(result.checks):
        if check.verdict is not Verdict.PASSED:
            console.print(f"[{STYLES[check.verdict]}]{check.name}[/]: {escape(check.reason)}")
    console.print(f"report: {escape(reports)}")


def sorted_checks(checks: list[Check]) -> list[Check]:
    """Return the checks, those that did not pass first."""
    return sorted(checks, key=lambda check: WORST_FIRST.index(check.verdict))


def _table(checks: list[Check]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, justify in (("check", "left"), ("verdict", "left"), ("value", "right"), ("limit", "right"),
                            ("margin", "right"), ("seconds", "right")):  # fmt: skip
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for check in sorted_checks(checks):
        style = STYLES[check.verdict]
        figure = tightest(check.measurements)
        table.add_row(
            escape(check.name),
            f"[{style}]{check.verdict.value}[/{style}]",
            f"{figure.value:.4g} {figure.unit}" if figure else "",
            f"{figure.limit:.4g} {figure.unit}" if figure and figure.limit is not None else "",
            f"{figure.margin:.0%}" if figure and figure.margin is not None else "",
            f"{check.seconds:.2f}",
        )
    return table


def tightest(figures: list[Measurement]) -> Measurement | None:
    """Return the figure that is nearest to its limit, or beyond it; None when none has a limit."""
    limited = [figure for figure in figures if figure.limit is not None]
    return min(limited, key=lambda figure: figure.margin if figure.margin is not None else -figure.value,
               default=None)  # fmt: skip
