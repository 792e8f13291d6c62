"""The journal: what happened to each order, never changed."""

# ruff: noqa: D106, RUF012 - `__str__` and `Meta` as Django has them

from typing import Any

from django.db import models
from django.utils import timezone


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    """Entries are never changed, and only the retention command removes them."""

    def update(self, **_: Any) -> int:
        """Refuse. Raises `TypeError`."""
        raise TypeError("entries of the journal are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse. Raises `TypeError`."""
        raise TypeError("entries of the journal are never deleted; see manage.py prune_journal")

    def prune(self) -> int:
        """Delete the entries, for the retention command only; return how many there were."""
        return int(self._raw_delete(self.db))


class JournalEntry(models.Model):
    """One thing that happened to an order. There is no foreign key: an entry outlives its order."""

    class Kind(models.TextChoices):
        """What happened."""

        STEP = "step", "Шаг"
        NOTIFICATION = "notification", "Уведомление"
        CALL = "call", "Ответ провайдера"
        COMMAND = "command", "Команда автомату"
        STAFF = "staff", "Персонал"
        LEDGER = "ledger", "Платёж"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    order_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    cause = models.CharField(max_length=255)
    from_status = models.CharField(max_length=50, null=True, blank=True)
    to_status = models.CharField(max_length=50, null=True, blank=True)
    payment_id = models.CharField(max_length=255, null=True, blank=True)
    actor = models.CharField(max_length=150, null=True, blank=True)
    request_id = models.CharField(max_length=64, null=True, blank=True)
    detail = models.JSONField(null=True, blank=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = "Запись журнала"
        verbose_name_plural = "Журнал"
        indexes = [models.Index(fields=["order_id", "id"], name="payments_journal_order_idx")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.cause}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry. Raises `TypeError` for one that is stored already."""
        if not self._state.adding:
            raise TypeError("entries of the journal are never changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Refuse. Raises `TypeError`."""
        raise TypeError("entries of the journal are never deleted; see manage.py prune_journal")
