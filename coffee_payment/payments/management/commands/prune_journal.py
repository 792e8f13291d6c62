"""`manage.py prune_journal --days N`: delete the entries of orders that ended long ago and owe nobody anything."""

from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from payments.management.tables import database_needed
from payments.models import JournalEntry, Order, Payment

S = Order.Status
ENDED: Final = (S.CREATED, S.NOT_PAID, S.FAILED, S.SUCCESSFUL)
BATCH: Final = 1000


class Command(BaseCommand):
    """Orders with money in doubt keep their entries: those with staff, and those with a payment still asked about."""

    help = "Delete journal entries of orders that ended more than N days ago."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the age."""
        parser.add_argument(
            "--days", type=int, required=True, help="age of the order's last change, at least 7"
        )

    def handle(self, *_args: Any, days: int, **_options: Any) -> None:
        """Delete in batches, each in a transaction of its own, and print how many entries there were."""
        before = timezone.now() - timedelta(days=max(days, 7))
        in_doubt = Payment.objects.filter(order=OuterRef("pk")).filter(
            Q(next_check_at__isnull=False) | Q(doubt__isnull=False, closed_at__isnull=True)
        )
        answered = Q(status=S.MAKE_PENDING, make_answered_at__isnull=False)
        ended = Order.objects.filter(Q(status__in=ENDED) | answered, ~Exists(in_doubt), updated_at__lt=before)
        deleted, last = 0, ""
        with database_needed():
            while batch := list(
                ended.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
            ):
                deleted += JournalEntry.objects.filter(order_id__in=batch).prune()
                last = batch[-1]
        self.stdout.write(f"Entries deleted: {deleted}")
