"""``python -m verification doctor``: which providers work on this machine, and why others do not."""

import argparse

from ..errors import CANNOT_RUN, EQUAL


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser("doctor")
    parser.add_argument("--dsn", help="also try this server, as provider 'existing'")
    parser.set_defaults(handler=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Try every provider. Return 0 if at least one works, else 2."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from . import providers

    with Console(stderr=True).status("trying every provider"):
        diagnoses = providers.diagnose(arguments.dsn)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("provider", "works", "why", "versions", "what to do"):
        table.add_column(column, overflow="fold")
    for diagnosis in diagnoses:
        works = "[green]yes[/green]" if diagnosis.works else "[red]no[/red]"
        versions = escape(", ".join(diagnosis.versions))
        table.add_row(diagnosis.provider, works, escape(diagnosis.reason), versions, escape(diagnosis.advice))
    console = Console()
    console.print(table)
    choice = providers.choose(dsn=arguments.dsn)
    console.print(f"auto uses: {choice.provider} ({escape(choice.reason)})", highlight=False)
    return EQUAL if any(diagnosis.works for diagnosis in diagnoses) else CANNOT_RUN
