"""Measure the comparison of large databases: ``python -m tools.benchmarks``; status 1: a goal is missed."""

import argparse
import os
import sys
from typing import Final

from rich.console import Console
from rich.table import Table

from tools.benchmarks.database import COLUMNS, CONSTRAINTS, INDEXES, create
from tools.benchmarks.goals import Goal, Pair, measure
from verification.errors import CannotRun
from verification.postgres.providers import start
from verification.postgres.server import Server

SMALL: Final = 1000
LARGE: Final = 4000


def main() -> int:
    """Make the databases, measure, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each pair is measured (default: 7)")
    arguments = parser.parse_args()
    console = Console()
    try:
        with start("embedded") as server:
            console.print(f"load before: {_load()}")
            goals = _measure(server, console, arguments.rounds)
    except CannotRun as error:
        print(f"verification: {error}", file=sys.stderr)
        return 2
    _show(console, goals, server)
    return 0 if all(goal.met for goal in goals) else 1


def _measure(server: Server, console: Console, rounds: int) -> list[Goal]:
    goals = []
    with console.status("making the databases") as status:
        small, large = (_pair(server, tables) for tables in (SMALL, LARGE))
        for goal in measure(small, large, rounds):
            goals.append(goal)
            status.update(f"measured: {goal.name}")
    return goals


def _pair(server: Server, tables: int) -> Pair:
    return Pair(create(server, tables), create(server, tables))


def _show(console: Console, goals: list[Goal], server: Server) -> None:
    versions = f"PostgreSQL {server.version}, Python {sys.version.split()[0]}"
    console.print(f"{versions}, {os.cpu_count()} cores, load after: {_load()}")
    console.print(
        f"{SMALL:,} tables: {SMALL * COLUMNS:,} columns, {SMALL * INDEXES:,} indexes, "
        f"{SMALL * CONSTRAINTS:,} constraints"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("goal", no_wrap=True)
    for column in ("this", "that", "value", "limit"):
        table.add_column(column, justify="right")
    table.add_column("")
    for goal in goals:
        shown = "" if goal.other else goal.unit
        table.add_row(
            goal.name,
            _figure(goal.ours, goal.unit),
            _figure(goal.other, goal.unit) if goal.other else "",
            f"{goal.value:.3g} {shown}".strip(),
            f"{goal.limit:.3g} {shown}".strip(),
            "[green]met[/]" if goal.met else "[bold red]missed[/]",
        )
    console.print(table)


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


def _figure(value: float, unit: str) -> str:
    return f"{value:.2f} s" if unit == "s" else f"{value:.0f} {unit}"


if __name__ == "__main__":
    sys.exit(main())
