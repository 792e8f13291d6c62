"""Runs the attacks one after another and prints the table. Imported once the environment names the database."""

# ruff: noqa: E402 - Django is set up first

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import django

django.setup()

from django.core.management import call_command
from rich.console import Console
from rich.table import Table

from tools.attack import customers, money, staff, strangers
from tools.attack.target import Target, started

Attack = Callable[[Target], tuple[bool, str]]
ATTACKS: Final[tuple[Attack, ...]] = (
    *customers.ATTACKS,
    *money.ATTACKS,
    *staff.ATTACKS,
    *strangers.ATTACKS,
)
"""In this order: the search for secrets in the log is the last."""


def run_all(environment: Mapping[str, str], folder: Path, port: int, only: str) -> bool:
    """Run the attacks; return whether all were held."""
    console = Console(width=int(os.environ.get("COLUMNS", "110")))
    call_command("migrate", verbosity=0)
    table = Table(title="attacks")
    for column in ("attack", "held", "figures", "s"):
        table.add_column(column, overflow="fold")
    all_held = True
    with started(environment, folder, port) as target:
        for attack in ATTACKS:
            name = attack.__name__.replace("_", " ")
            if only not in name:
                continue
            begun = time.monotonic()
            try:
                held, figures = attack(target)
            except Exception as error:  # noqa: BLE001 - the other attacks are to be seen too
                held, figures = False, f"{type(error).__name__}: {error}"[:200]
            all_held = all_held and held
            console.print(f"{name}: {'held' if held else 'NOT HELD'}; {figures}", highlight=False)
            table.add_row(
                name,
                "yes" if held else "NO",
                figures,
                f"{time.monotonic() - begun:.1f}",
                style="" if held else "red",
            )
    console.print(table)
    console.print(f"load {os.getloadavg()[0]:.1f}")
    return all_held
