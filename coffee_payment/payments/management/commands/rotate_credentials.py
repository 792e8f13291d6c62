"""`manage.py rotate_credentials`: write every merchant's credentials with the first encryption key."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from payments.models import MerchantCredentials


class Command(BaseCommand):
    """All rows or none: a row that no key decrypts ends the command, and nothing is changed."""

    help = "Rewrite all merchant credentials with the first key of CREDENTIALS_ENCRYPTION_KEY."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rewrite the rows and print how many there were."""
        count = 0
        with transaction.atomic():
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
