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

from tools.storm.processes import Processes
from tools.storm.run import Storm, servers
from tools.storm.verdict import Verdict, judge


def play(seed: int, orders: int, port: int, environment: Mapping[str, str], sabotage: str) -> Verdict:
    """Run one storm, print its table, and return the verdict."""
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
            verdict = judge(storm)
        finally:
            processes.stop()
    _show(console, storm, verdict)
    return verdict


def _show(console: Console, storm: Storm, verdict: Verdict) -> None:
    table = Table(title=f"seed {storm.seed}, {storm.orders} orders")
    table.add_column("what")
    table.add_column("count", justify="right")
    facts = {
        "faulty provider calls": storm.weather.faults.total(),
        "notifications lost": storm.crowd.notifications["lost"],
        "kills": storm.processes.kills,
        "connections cut": storm.cuts,
        "acts of staff": storm.staff_acts,
        "customers who gave up before paying": storm.crowd.unserved,
        "payments paid, as the provider says": verdict.paid,
        "of these made": verdict.made,
        "of these with staff": verdict.with_staff,
        "of these second payments, for a refund": verdict.paid_twice,
        "oldest open case, seconds": round(verdict.oldest_seconds),
        "disagreements before --apply": len(verdict.reconciliation),
    }
    for name, count in facts.items():
        table.add_row(name, str(count))
    table.add_section()
    for name, cases in verdict.broken.items():
        table.add_row(name.replace("_", " "), str(len(cases)), style="red" if cases else "")
    console.print(table)
    for name, cases in verdict.broken.items():
        for case in cases[:5]:
            console.print(f"{name}: {case}")
