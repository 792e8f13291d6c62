"""Print a judged release: for people on a terminal, or as one JSON object."""

from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from ..migrations.execution.migration_runner import Step
from ..schema.show import console
from .cost import READS_BLOCKED, WRITES_BLOCKED
from .finding import Finding
from .release import Release


def to_json(release: Release) -> dict[str, Any]:
    """Return all that was found and measured, without the statements' full record."""
    return {
        "may_go_out": release.may_go_out,
        "base": release.base,
        "postgres": release.postgres,
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
            }
            for step in release.steps
        ],
    }


def text(release: Release) -> None:
    """Print the plan with its cost, then each finding, then the verdict."""
    out = console()
    if not release.plan:
        out.print(f"no new migrations since {escape(release.base)}")
    elif release.steps:
        out.print(_plan(release))
    for finding in release.findings:
        out.print(_branch(finding))
    for note in release.notes:
        out.print(f"[yellow]note[/yellow] {escape(note)}")
    count = sum(not finding.notice for finding in release.findings)
    verdict = (
        "[bold green]may go out[/bold green]"
        if release.may_go_out
        else f"[bold red]must not go out as it is[/bold red]: {count} finding{'s' if count > 1 else ''}"
    )
    out.print(
        f"{verdict}  [dim]base {escape(release.base)}, PostgreSQL {escape(release.postgres)}, "
        f"{release.rows:,} rows, {release.seconds:.0f} s[/dim]"
    )


def _plan(release: Release) -> Table:
    shown = Table("migration", "seconds", "strongest locks on tables that were there", box=None)
    for step in release.steps:
        name = step.migration if step.alias == "default" else f"{step.migration} ({step.alias})"
        shown.add_row(escape(name), f"{step.seconds:.2f}", escape(_locks(step)))
    return shown


def _locks(step: Step) -> str:
    blocking = {
        table: "reads" if mode in READS_BLOCKED else "writes"
        for table, mode in step.locks.items()
        if mode in WRITES_BLOCKED and step.rows.get(table, 0) > 0
    }
    return (
        ", ".join(f"{table.removeprefix('public.')}: blocks {what}" for table, what in blocking.items())
        or "-"
    )


def _branch(finding: Finding) -> Tree:
    colour = "cyan" if finding.notice else "red" if finding.above_limit else "yellow"
    said = f"{finding.code} (notice)" if finding.notice else finding.code
    head = f"[bold {colour}]{said}[/bold {colour}]  {escape(finding.migration)}"
    if finding.place:
        head += f"  [dim]{escape(finding.place)}[/dim]"
    tree = Tree(head)
    tree.add(escape(finding.effect))
    if finding.statement:
        tree.add(f"[cyan]{escape(finding.statement)}[/cyan]")
    for fact in finding.evidence:
        tree.add(f"[dim]{escape(fact)}[/dim]")
    tree.add(f"[green]instead[/green]: {escape(finding.remedy)}")
    return tree
