"""Sets the server up for one run and prints the table. Imported once the environment names the database."""

# ruff: noqa: E402 - Django is set up first

import os
from collections.abc import Mapping

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from rich.console import Console
from rich.table import Table

from tools.storm.outcome import Outcome, compare
from tools.storm.processes import Processes
from tools.storm.run import Storm, servers


def run(seed: int, orders: int, port: int, environment: Mapping[str, str], sabotage: str) -> Outcome:
    """Run one storm, print its table, and return the outcome."""
    console = Console(width=int(os.environ.get("COLUMNS", "100")))
    call_command("migrate", verbosity=0)
    yookassa, tbank, tmetr, server = servers()
    with server:
        addresses = {
            "YOOKASSA_BASE_URL": f"{server.url}/v3",
            "T_BANK_BASE_URL": server.url,
            "TMETR_BASE_URL": server.url,
        }
        for name, value in addresses.items():
            setattr(settings, name, value)
        processes = Processes(port, {**environment, **addresses}, sabotage)
        storm = Storm(seed, orders, processes, yookassa, tbank, tmetr, server, sabotage)
        try:
            storm.run(console.print)
            outcome = compare(storm)
        finally:
            processes.stop()
    _show(console, storm, outcome)
    return outcome


def _show(console: Console, storm: Storm, outcome: Outcome) -> None:
    table = Table(title=f"seed {storm.seed}, {storm.orders} orders")
    table.add_column("what")
    table.add_column("count", justify="right")
    facts = {
        "faulty provider calls": storm.faults.counts.total(),
        "notifications lost": storm.customers.notifications["lost"],
        "kills": storm.processes.kills,
        "connections cut": storm.cuts,
        "acts of staff": storm.staff_acts,
        "customers who gave up before paying": storm.customers.unserved,
        "payments paid, as the provider says": outcome.paid,
        "of these made": outcome.made,
        "of these with staff": outcome.with_staff,
        "of these second payments, for a refund": outcome.paid_twice,
        "oldest open case, seconds": round(outcome.oldest_seconds),
        "disagreements before --apply": outcome.reconciliation.total(),
        **{f"of these {kind}": count for kind, count in sorted(outcome.reconciliation.items())},
    }
    for name, count in facts.items():
        table.add_row(name, str(count))
    table.add_section()
    for name, cases in outcome.broken.items():
        table.add_row(name.replace("_", " "), str(len(cases)), style="red" if cases else "")
    console.print(table)
    for name, cases in outcome.broken.items():
        for case in cases[:5]:
            console.print(f"{name}: {case}")
