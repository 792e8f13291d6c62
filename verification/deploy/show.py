"""Print a judged release: for people on a terminal, or as one JSON object."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from ..consoles import console
from ..migrations.cost.record import READS_BLOCKED, WRITES_BLOCKED
from ..migrations.execution.migration_runner import Step
from ..words import counted
from .finding import Finding
from .release import Release

PAGE_COLUMNS: Final = 120
"""Of a file; a terminal has its own."""
MEGABYTE: Final = 1_000_000


def to_json(release: Release) -> dict[str, Any]:
    """Return all that was found and measured, without the statements' full record."""
    return {
        "may_go_out": release.may_go_out,
        "base": release.base,
        "postgres": release.postgres,
        "base_runs_on": release.base_runs_on,
        "head_runs_on": release.head_runs_on,
        "rows": release.rows,
        "seconds": round(release.seconds, 1),
        "findings": [finding.to_json() for finding in release.findings],
        "notes": release.notes,
        "plan": [".".join(key) for key in release.plan],
        "migrations": [
            {
                "database": step.alias,
                "migration": step.migration,
                "seconds": round(step.seconds, 3),
                "statements": len(step.statements),
                "locks": dict(step.locks),
                "rewritten": list(step.rewritten),
                "disk_bytes": step.disk_bytes,
                "wal_bytes": step.wal_bytes,
            }
            for step in release.steps
        ],
    }


def text(release: Release) -> None:
    """Print the plan with its cost, the findings, those that stop the deploy last, then the verdict."""
    out = console(PAGE_COLUMNS)
    if not release.plan:
        out.print(f"no new migrations since {escape(release.base)}")
    elif release.steps:
        out.print(_plan(release))
    cards(release.findings, out)
    for note in release.notes:
        out.print(f"[yellow]note[/yellow] {escape(note)}")
    if release.base_runs_on != release.head_runs_on:
        out.print(f"[dim]base: {release.base_runs_on}; working tree: {release.head_runs_on}[/dim]")
    out.print(
        f"{_verdict(release)}  [dim]base {escape(release.base)}, PostgreSQL {escape(release.postgres)}, "
        f"{release.rows:,} rows, {release.seconds:.0f} s[/dim]"
    )


def cards(findings: Iterable[Finding], out: Console) -> None:
    """Print each finding, those that stop the deploy last."""
    for finding in sorted(findings, key=_weight):
        out.print(_card(finding))


def _verdict(release: Release) -> str:
    stopping = sum(finding.stops for finding in release.findings)
    accepted = sum(bool(finding.accepted) for finding in release.findings)
    said = (
        "[bold green]may go out[/bold green]"
        if release.may_go_out
        else f"[bold red]must not go out as it is[/bold red]: {counted(stopping, 'finding')}"
    )
    return f"{said}, {accepted} accepted" if accepted else said


def _plan(release: Release) -> Table:
    shown = Table(box=None, pad_edge=False)
    shown.add_column("migration", overflow="fold")
    for column in ("seconds", "disk MB", "WAL MB"):
        shown.add_column(column, justify="right", no_wrap=True)
    for step in release.steps:
        name = step.migration if step.alias == "default" else f"{step.migration} ({step.alias})"
        size = (f"{each / MEGABYTE:.1f}" for each in (step.disk_bytes, step.wal_bytes))
        shown.add_row(escape(name), f"{step.seconds:.2f}", *size)
        for line in _locks(step):
            shown.add_row(Padding(f"[dim]{escape(line)}[/dim]", (0, 0, 0, 2)))
    return shown


def _locks(step: Step) -> Iterator[str]:
    for what, modes in (("reads and writes", READS_BLOCKED), ("writes", WRITES_BLOCKED - READS_BLOCKED)):
        tables = [
            table.removeprefix("public.")
            for table, mode in step.locks.items()
            if mode in modes and step.rows.get(table, 0) > 0
        ]
        if tables:
            yield f"blocks {what} of {', '.join(tables)}"


def _weight(finding: Finding) -> int:
    return ("cyan", "green", "yellow", "red").index(_colour(finding))


def _colour(finding: Finding) -> str:
    if finding.accepted or finding.notice:
        return "green" if finding.accepted else "cyan"
    return "red" if finding.above_limit else "yellow"


def _card(finding: Finding) -> Panel:
    colour = _colour(finding)
    said = "accepted" if finding.accepted else "notice" if finding.notice else ""
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_row("", f"[bold]{escape(finding.effect)}[/bold]")
    if finding.accepted:
        rows.add_row("accepted", escape(finding.accepted))
    if finding.place:
        rows.add_row("where", escape(finding.place))
    if finding.statement:
        rows.add_row("statement", f"[cyan]{escape(finding.statement)}[/cyan]")
    for number, fact in enumerate(finding.evidence):
        rows.add_row("" if number else "measured", escape(fact))
    rows.add_row("instead", f"[green]{escape(finding.remedy)}[/green]")
    title = f"[bold {colour}]{finding.code}[/bold {colour}]" + (f" ({said})" if said else "")
    return Panel(
        rows,
        title=f"{title}  {escape(finding.migration)}",
        title_align="left",
        subtitle=f"[dim]explain {finding.code}[/dim]",
        subtitle_align="right",
        border_style=colour,
    )
