"""The result of a run in the terminal: one table of the checks, the causes below it, and the verdict last."""

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from ..words import counted, figure, unit_of
from .causes import Cause
from .evidence import Measurement
from .finding import Level
from .result import WORST_FIRST, Check, Verdict
from .rules import STOPS_TRAFFIC
from .run import Result

STYLES: Final = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.ERROR: "bold magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.PARTIAL: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}


def show(result: Result, console: Console, reports: str) -> None:
    """Print one row for each check, each cause with what to do, and the verdict."""
    console.print()
    console.print(_table([each for each in result.checks if each.verdict is not Verdict.NOT_APPLICABLE]))
    _not_applicable(console, result.checks)
    for number, cause in enumerate(result.causes, 1):
        _cause(console, number, cause)
    stopping = [each for check in result.checks for each in check.findings if each.rule in STOPS_TRAFFIC]
    if notes := dict.fromkeys(each.message for each in stopping if each.level is Level.NOTE):
        steps = counted(len(notes), "migration step")
        console.print(f"\n[yellow]the traffic of a large table stops[/yellow] in {steps}:", highlight=False)
        for each in notes:
            console.print(f"   {escape(each)}", highlight=False)
    counts = ", ".join(
        f"{number} {verdict.value}"
        for verdict in WORST_FIRST
        if (number := sum(check.verdict is verdict for check in result.checks))
    )
    style = STYLES[result.verdict]
    if result.reason:
        console.print(f"[{style}]the run did not finish[/{style}]: {escape(result.reason)}")
    console.print(
        f"\n[{style}]verdict: {result.headline}[/{style}]  ({counts or 'no checks'})", highlight=False
    )
    console.print(f"report: {escape(reports)}", soft_wrap=True)


def _cause(console: Console, number: int, cause: Cause) -> None:
    """Print what, where, why, what to do, and the checks that tell of it."""
    finding = cause.finding
    colour = "yellow" if finding.level is Level.WARNING else "red"
    console.print(f"\n[bold {colour}]{number}.[/] [bold]{escape(finding.message)}[/bold]", highlight=False)
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True, style="dim")
    lines.add_column(overflow="fold")
    where = ", ".join(f"{place}{f' ({place.role})' if place.role else ''}" for place in finding.places)
    for name, text in (
        ("where", where),
        ("why", finding.why),
        ("do", finding.remedy),
        ("seen by", ", ".join(cause.checks)),
    ):
        if text:
            lines.add_row(name, escape(text))
    console.print(Padding(lines, (0, 0, 0, 3), expand=False))


def sorted_checks(checks: list[Check]) -> list[Check]:
    """Return the checks, those that did not pass first."""
    return sorted(checks, key=lambda check: WORST_FIRST.index(check.verdict))


def _not_applicable(console: Console, checks: list[Check]) -> None:
    """Print one line for each reason for which checks do not apply, with the names of the checks."""
    names: dict[str, list[str]] = {}
    for check in checks:
        if check.verdict is Verdict.NOT_APPLICABLE:
            names.setdefault(check.reason, []).append(check.name)
    for reason, of_reason in names.items():
        console.print(f"[dim]not applicable, {escape(reason)}: {escape(', '.join(of_reason))}[/dim]")


def _table(checks: list[Check]) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for column, justify in (("check", "left"), ("verdict", "left"), ("value", "right"), ("limit", "right"),
                            ("margin", "right"), ("seconds", "right")):  # fmt: skip
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for check in sorted_checks(checks):
        style = STYLES[check.verdict]
        nearest = tightest(check.measurements)
        table.add_row(
            escape(check.name),
            f"[{style}]{check.verdict.value}[/{style}]",
            f"{figure(nearest.value)} {unit_of(nearest.value, nearest.unit)}" if nearest else "",
            figure(nearest.limit) if nearest and nearest.limit is not None else "",
            f"{nearest.margin:.0%}" if nearest and nearest.margin is not None else "",
            f"{check.seconds:.1f}",
        )
    return table


def tightest(figures: list[Measurement]) -> Measurement | None:
    """Return the figure that is nearest to its limit, or beyond it; None when none has a limit."""
    limited = [figure for figure in figures if figure.limit is not None]
    return min(limited, key=lambda figure: figure.margin if figure.margin is not None else -figure.value,
               default=None)  # fmt: skip
