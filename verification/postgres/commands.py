"""``python -m verification doctor``: which providers work on this machine, and why others do not."""

import argparse

EXIT_NONE_WORKS = 2


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser("doctor", help="which providers of PostgreSQL work here")
    parser.add_argument("--dsn", help="also try this server, as provider 'existing'")
    parser.set_defaults(handler=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Try every provider; status 0 when at least one can start a server."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from verification.postgres import providers

    with Console(stderr=True).status("trying every provider"):
        diagnoses = providers.doctor(arguments.dsn)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("provider", "works", "why", "versions", "what to do"):
        table.add_column(column, overflow="fold")
    for each in diagnoses:
        works = "[green]yes[/green]" if each.works else "[red]no[/red]"
        versions = escape(", ".join(each.versions))
        table.add_row(each.provider, works, escape(each.why), versions, escape(each.what_to_do))
    console = Console()
    console.print(table)
    taken = providers.choose(dsn=arguments.dsn)
    console.print(f"auto takes: {taken.provider} ({escape(taken.reason)})", highlight=False)
    return 0 if any(each.works for each in diagnoses) else EXIT_NONE_WORKS
