"""`manage.py reconcile_payments`: compare orders and ledger with the providers' own account of the payments."""

import json
import sys
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from payments.background.reconciliation.corrections import correct
from payments.background.reconciliation.disagreements import KINDS, Disagreement
from payments.background.reconciliation.reading import CannotReconcile, Reader
from payments.management.tables import CANNOT_RUN, database_needed, end_with, write_table
from payments.models import Merchant


class Command(BaseCommand):
    """Exit status 0: all agree; 1: they disagree, with a table; 2: a provider or the database could not be read.

    Without --apply nothing is changed. With it corrections begin once everything has been read.
    """

    help = "Compare payments with the providers' own lists."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the span, the merchant, the form of the output, and --apply."""
        parser.add_argument(
            "--since", type=_moment, help="first moment, ISO 8601, UTC unless it says otherwise"
        )
        parser.add_argument("--until", type=_moment, help="last moment; default: now")
        parser.add_argument("--merchant", metavar="ID", help="only this merchant's accounts")
        parser.add_argument("--json", action="store_true", help="one JSON object for each disagreement")
        parser.add_argument("--apply", action="store_true", help="correct what can be corrected")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, print, correct if told to, and set the exit status."""
        until = options["until"] or timezone.now()
        since = options["since"] or until - timedelta(days=1)
        if since >= until:
            raise CommandError("--since must be before --until.", returncode=CANNOT_RUN)
        with database_needed():
            self._require_merchant(options["merchant"])
            found = self._read(Reader(since, until, options["merchant"], self._progress))
            self._print(found, options["json"])
            if options["apply"]:
                self._correct(found)
        end_with(1 if found else 0)

    def _read(self, reader: Reader) -> list[Disagreement]:
        try:
            return list(reader.disagreements())
        except CannotReconcile as error:
            raise CommandError(str(error), returncode=CANNOT_RUN) from None
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted after {reader.payments} payments; nothing was changed.", returncode=CANNOT_RUN
            ) from None
        finally:
            if sys.stderr.isatty():
                self.stderr.write("")

    def _correct(self, found: list[Disagreement]) -> None:
        """Correct one after the other, each as a whole: a run that is broken off is completed by the next."""
        corrected = left = 0
        try:
            for each in found:
                if correct(each):
                    corrected += 1
                else:
                    left += 1
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted: {corrected} of {len(found)} were corrected as a whole, the others not at all. "
                "Run again.",
                returncode=CANNOT_RUN,
            ) from None
        self.stderr.write(f"Corrected: {corrected}; left to a person: {left}.")

    def _print(self, found: list[Disagreement], as_json: bool) -> None:
        if as_json:
            for each in found:
                self.stdout.write(json.dumps(each.as_row()))
        elif found:
            rows = [(*each.as_row().values(), KINDS[each.kind]) for each in found]
            write_table(self.stdout, ("kind", "order", "payment", "provider", "kopecks", "meaning"), rows)
        else:
            self.stdout.write("Orders and ledger agree with the providers.")

    def _progress(self, payments: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{payments} payments", ending="")

    def _require_merchant(self, merchant: str | None) -> None:
        try:
            known = merchant is None or Merchant.objects.filter(pk=merchant).exists()
        except ValidationError:
            known = False
        if not known:
            raise CommandError(f"There is no merchant {merchant!r}.", returncode=CANNOT_RUN)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (
        moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())
    )
