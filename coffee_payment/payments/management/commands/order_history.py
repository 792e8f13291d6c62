"""`manage.py order_history ORDER`: what happened to an order, from the journal."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.management.tables import CANNOT_RUN, database_needed, end_with, write_table
from payments.models import JournalEntry, Order
from payments.orders import journal
from payments.orders.words import describe


class Command(BaseCommand):
    """Exit status 1 when the journal does not lead to the order's present status, 2 when there is no such order."""

    help = "Print what happened to an order, oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the order's id and the form of the output."""
        parser.add_argument("order_id")
        parser.add_argument("--json", action="store_true", help="one JSON object for each entry")

    def handle(self, *_args: Any, order_id: str, **options: Any) -> None:
        """Print the entries, and what is wrong with them."""
        with database_needed():
            order = Order.objects.filter(pk=order_id).first()
            entries = journal.history(order_id)
        if order is None and not entries:
            raise CommandError(
                f"There is no order {order_id!r} and no entry about it.", returncode=CANNOT_RUN
            )
        if options["json"]:
            for entry in entries:
                self.stdout.write(json.dumps(_fields(entry), ensure_ascii=False))
        else:
            rows = [
                (f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.kind, describe(entry), entry.request_id or "")
                for entry in entries
            ]
            write_table(self.stdout, ("time (UTC)", "kind", "what", "request"), rows)
        end_with(self._judge(order, entries))

    def _judge(self, order: Order | None, entries: list[JournalEntry]) -> int:
        try:
            status = journal.replayed_status(entries)
        except journal.BrokenHistory as problem:
            self.stderr.write(f"The journal is broken: {problem}.")
            return 1
        if order is not None and status is not None and status != order.status:
            self.stderr.write(f"The journal ends in {status}, the order is {order.status}.")
            return 1
        return 0


def _fields(entry: JournalEntry) -> dict[str, Any]:
    names = (
        "order_id",
        "kind",
        "cause",
        "from_status",
        "to_status",
        "payment_id",
        "actor",
        "request_id",
        "detail",
    )
    return {"at": entry.at.isoformat(), **{name: getattr(entry, name) for name in names}}
