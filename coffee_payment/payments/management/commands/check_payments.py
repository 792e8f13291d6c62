"""`manage.py check_payments`: whether every paid order is made or with staff, and the ledger says so."""

import json
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from payments.management.tables import database_needed, end_with, write_table
from payments.orders.truth import BREACHES, breaches


class Command(BaseCommand):
    """Changes nothing. Exit status 0: holds; 1: broken, with a table of the orders; 2: could not be asked."""

    help = "Check that every payment that a provider calls successful is made or with staff."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the form and the length of the output."""
        parser.add_argument("--json", action="store_true", help="one JSON object for each breach")
        parser.add_argument(
            "--days",
            type=_days,
            help="only orders and payments that began in the last DAYS days; default: all",
        )
        parser.add_argument("--rows", type=int, default=1000, help="at most so many breaches (default 1000)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the breaches and set the exit status."""
        since = timezone.now() - timedelta(days=options["days"]) if options["days"] else None
        with database_needed():
            found = breaches(options["rows"], since=since)
        if options["json"]:
            for breach in found:
                self.stdout.write(json.dumps(breach.as_row()))
        elif found:
            rows = [(*breach.as_row().values(), BREACHES[breach.kind]) for breach in found]
            write_table(self.stdout, ("kind", "order", "payment", "since", "meaning"), rows)
        else:
            self.stdout.write("Every paid order is made or with staff.")
        end_with(1 if found else 0)


_LONGEST_DAYS: Final = 36_500


def _days(text: str) -> int:
    days = int(text)
    if not 0 < days <= _LONGEST_DAYS:
        raise ArgumentTypeError(f"{days} is not from 1 to {_LONGEST_DAYS}")
    return days
