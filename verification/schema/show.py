"""Print a comparison of two schemas: a tree with a branch for each relation, coloured on a terminal."""

from collections.abc import Iterable
from typing import Final

from rich.markup import escape
from rich.tree import Tree

from ..consoles import console
from ..words import counted
from .comparison.compare import Comparison
from .comparison.difference import Difference, in_words

SIGNS: Final = {"added": "[green]+[/green]", "removed": "[red]-[/red]", "changed": "[yellow]~[/yellow]"}
SIDES: Final = {"added": "only on the right", "removed": "only on the left"}


def line(difference: Difference) -> str:
    """Return one difference as a line in rich's markup."""
    head = f"{SIGNS[difference.change]} {difference.kind} [bold]{escape(difference.object)}[/bold]"
    if not difference.attribute:
        return f"{head} {SIDES[difference.change]}"
    left, right = map(in_words, (difference.left, difference.right))
    return f"{head} {escape(difference.attribute)}: {escape(left)} -> {escape(right)}"


def comparison(result: Comparison, disagreements: Iterable[Difference] = ()) -> None:
    """Print whether the schemas are equal, and every difference under its relation or schema."""
    out = console()
    contradictions = list(disagreements)
    if result.equal and not contradictions:
        out.print("[bold green]equal[/bold green]")
    else:
        tree = Tree(f"[bold red]not equal[/bold red]  {counted(len(result.differences), 'difference')}")
        branches: dict[str, Tree] = {}
        for difference in result.differences:
            place = difference.place
            branch = branches.setdefault(place, tree.add(escape(place)) if place not in branches else tree)
            branch.add(line(difference))
        for difference in contradictions:
            tree.add(f"[red]the two readers disagree[/red]  {line(difference)}")
        out.print(tree)
        out.print("[dim]left: the first argument; right: the second[/dim]")
    for difference in result.information:
        out.print(f"[dim]information: {line(difference)}[/dim]")
    for note in result.notes:
        out.print(f"[dim]{escape(note)}[/dim]")
