"""`manage.py rotate_credentials`: write every merchant's credentials with the first encryption key."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from payments.fields import bound
from payments.models import MerchantCredentials


class Command(BaseCommand):
    """All rows or none: a row that no key decrypts ends the command, and nothing is changed."""

    help = "Rewrite all merchant credentials with the first key of CREDENTIALS_ENCRYPTION_KEY."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option."""
        parser.add_argument(
            "--bind",
            action="store_true",
            help="take credentials that are not encrypted, or not for their row; use it only if you trust the table",
        )

    def handle(self, *_args: Any, bind: bool, **_options: Any) -> None:
        """Rewrite the rows and print how many there were."""
        count = 0
        with transaction.atomic():
            if bind:
                _bind()
            ids = list(MerchantCredentials.objects.values_list("pk", flat=True))
            for pk in ids:
                try:
                    row = MerchantCredentials.objects.select_for_update().filter(pk=pk).first()
                    if row is not None:
                        row.save(update_fields=["credentials", "updated_at"])
                        count += 1
                except ImproperlyConfigured as error:
                    raise CommandError(f"Credentials {pk}: {error}. Nothing was changed.") from None
        self.stdout.write(f"Rewritten with the first key: {count}")


def _bind() -> None:
    stored = MerchantCredentials.objects.select_for_update().annotate(text=Cast("credentials", TextField()))
    for pk, text in list(stored.values_list("pk", "text")):
        try:
            envelope = bound(json.loads(text), pk)
        except ImproperlyConfigured as error:
            raise CommandError(f"Credentials {pk}: {error}. Nothing was changed.") from None
        if envelope is not None:
            MerchantCredentials.objects.filter(pk=pk).update(credentials=envelope)
