"""What the commands print: a tree of findings, coloured on a terminal."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.markup import escape
from rich.tree import Tree

from ..consoles import console
from ..schema.comparison.compare import SERIAL
from ..schema.comparison.difference import Difference
from ..schema.show import line
from ..words import counted
from .equivalence.proposal import Proposal
from .equivalence.upgrade_paths import UpgradePaths
from .equivalence.verification import Verification
from .plan.chains import Squash

BEFORE_4_1: Final = (
    "serial: what Django before 4.1 made of an automatic key; it works as before, and Django never converts it. "
    "--ignore identity leaves such columns out."
)
"""https://docs.djangoproject.com/en/stable/releases/4.1/#minor-features (identity columns on PostgreSQL)"""


def print_json(content: dict[str, Any]) -> None:
    """Print one object on standard output."""
    console().file.write(json.dumps(content, indent=2, default=str) + "\n")


def verification(
    found: Verification,
    extras: Sequence[UpgradePaths],
    gone: Sequence[Squash] = (),
    unused: Sequence[str] = (),
) -> None:
    """Print the verdict on each squash.

    ``gone``: those that have no originals to be compared with; ``unused``: declarations that nothing needs.
    """
    out = console()
    for verdict in found.verdicts:
        squash = verdict.squash
        upgrades_differ = any(extra.differences for extra in extras if extra.squash == squash)
        word = "[bold green]equal[/bold green]" if verdict.equal else "[bold red]not equal[/bold red]"
        if verdict.equal and upgrades_differ:
            word = "[bold red]equal on an empty database, not on every upgrade path[/bold red]"
        branch = Tree(f"{word}  {escape(str(squash))}  (replaces {len(squash.originals)})")
        for each in verdict.comparison.differences:
            branch.add(line(each))
        for each in verdict.comparison.disagreements:
            branch.add(f"[red]the two readers disagree[/red]  {line(each)}")
        _add_information(branch, verdict.comparison.information)
        for extra in extras:
            if extra.squash == squash:
                _add_thorough(branch, extra)
        out.print(branch)
    for declaration in unused:
        out.print(f"[bold red]unused declaration[/bold red]  {escape(declaration)}")
    for squash in gone:
        first, *others = squash.missing
        lost = f"{first} and {len(others)} more of its originals are gone" if others else f"{first} is gone"
        out.print(f"[yellow]not comparable[/yellow]  {escape(str(squash))}  ({escape(lost)})")
    if any(verdict.comparison.differences for verdict in found.verdicts):
        out.print("[dim]left: the original chain; right: the squashed chain[/dim]")


def _add_information(branch: Tree, information: Sequence[Difference]) -> None:
    for each in information:
        if each.kind == "row":
            branch.add(f"[dim]another key (information): {escape(each.line)}[/dim]")
    moved = sorted({each.object for each in information if each.kind == "table"})
    if moved:
        branch.add(f"[dim]column order differs (information): {escape(', '.join(moved))}[/dim]")


def _add_thorough(branch: Tree, extra: UpgradePaths) -> None:
    for title, remarks, differences in extra.sections():
        colour = "red" if differences else "green"
        section = branch.add(f"[{colour}]{escape(title)}[/{colour}]")
        for remark in remarks:
            section.add(f"[dim]{escape(remark)}[/dim]")
        for each in differences:
            section.add(line(each))


def drift(differences: Iterable[Difference], information: Iterable[Difference]) -> None:
    """Print how a live database differs from its migrations."""
    out = console()
    found = list(differences)
    if not found:
        out.print("[bold green]equal[/bold green]  the database is what its migrations say")
    else:
        branch = Tree(f"[bold red]not equal[/bold red]  {counted(len(found), 'difference')}")
        for each in found:
            branch.add(line(each))
        out.print(branch)
        out.print("[dim]left: what the migrations make; right: the database[/dim]")
        if any(SERIAL in (each.left, each.right) for each in found if each.attribute == "identity"):
            out.print(f"[dim]{BEFORE_4_1}[/dim]")
    for each in information:
        where = (
            "not recorded in the database" if each.change == "removed" else "recorded in the database only"
        )
        out.print(f"[dim]migration {escape(each.object)}: {where}[/dim]")


def proposal(found: Proposal, written: str) -> None:
    """Print the result of a proposal."""
    out = console()
    if written:
        out.print(
            f"[bold green]proven equal[/bold green]  {escape(found.app)}.{escape(found.squash)} "
            f"(replaces {found.replaced}, made by: {found.made_by}); patch: {escape(written)}"
        )
    else:
        branch = Tree(f"[bold red]no squash of {escape(found.app)} could be proven equal[/bold red]")
        for reason in found.blocked:
            branch.add(escape(reason))
        for each in found.differences:
            branch.add(line(each))
        out.print(branch)
    for caution in found.cautions:
        out.print(f"[yellow]look at[/yellow] {escape(caution)}")
