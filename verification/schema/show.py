"""What a comparison of two schemas prints: a tree, a branch for each relation, coloured on a terminal."""

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from verification.schema.comparison.compare import Comparison
from verification.schema.comparison.difference import Difference

WIDE: Final = 10_000
MARKS: Final = {"added": "[green]+[/green]", "removed": "[red]-[/red]", "changed": "[yellow]~[/yellow]"}


def console() -> Console:
    """Lines are cut nowhere: a terminal wraps them, a file takes them whole."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDE)


def line(each: Difference) -> str:
    """Say one difference, in rich's markup."""
    head = f"{MARKS[each.change]} {each.kind} [bold]{escape(each.object)}[/bold]"
    if not each.attribute:
        return f"{head} {each.change}"
    return f"{head} {escape(each.attribute)}: {escape(str(each.left))} -> {escape(str(each.right))}"


def comparison(found: Comparison, disagreements: Iterable[Difference] = ()) -> None:
    """Print the verdict and every difference below the relation or schema that it belongs to."""
    out = console()
    doubts = list(disagreements)
    if found.equal and not doubts:
        out.print("[bold green]equal[/bold green]")
    else:
        tree = Tree(f"[bold red]not equal[/bold red]  {len(found.differences)} difference(s)")
        branches: dict[str, Tree] = {}
        for each in found.differences:
            place = ".".join(each.object.split(".")[:2])
            branch = branches.setdefault(place, tree.add(escape(place)) if place not in branches else tree)
            branch.add(line(each))
        for each in doubts:
            tree.add(f"[red]the two readers disagree[/red]  {line(each)}")
        out.print(tree)
    for each in found.information:
        out.print(f"[dim]information: {line(each)}[/dim]")
    for note in found.notes:
        out.print(f"[dim]{escape(note)}[/dim]")
