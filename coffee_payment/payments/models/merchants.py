"""Merchants, their machines, drinks and keys at the providers."""

# ruff: noqa: D106, RUF012 - `__str__` and `Meta` as Django has them

import uuid
from collections.abc import Collection
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from payments.fields import EncryptedJSONField, Opened


class StatusCheckType(models.TextChoices):
    """How the server learns the result of a payment."""

    POLLING = "polling", "Polling"
    WEBHOOK = "webhook", "Webhook"
    NONE = "none", "None"


def validate_scenario(scenario: str, field: str) -> None:
    """Raise `ValidationError` for a scenario outside `PAYMENT_SCENARIOS`."""
    if scenario not in settings.PAYMENT_SCENARIOS:
        allowed = ", ".join(settings.PAYMENT_SCENARIOS)
        raise ValidationError({field: f"Unknown payment scenario {scenario!r}; allowed: {allowed}"})


class Merchant(models.Model):
    """Who sells the drinks."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    contact_email = models.EmailField()
    bank_account = models.CharField(max_length=255)
    valid_until = models.DateField(help_text="Last day of paid service, inclusive")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Продавец"
        verbose_name_plural = "Продавцы"

    def __str__(self) -> str:
        return self.name

    def is_active(self) -> bool:
        """Return whether service is paid for today in MERCHANT_TIME_ZONE."""
        return self.valid_until >= timezone.localdate(timezone=ZoneInfo(settings.MERCHANT_TIME_ZONE))


class Device(models.Model):
    """One coffee machine."""

    class Status(models.TextChoices):
        """Set by staff; `test` skips the online check."""

        ONLINE = "online", "Online"
        OFFLINE = "offline", "Offline"
        ERROR = "error", "Error"
        TEST = "test", "Test"

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device_uuid = models.CharField(max_length=255, unique=True)
    redirect_url = models.URLField(null=True, blank=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="devices")
    location = models.CharField(max_length=255)
    status = models.CharField(max_length=50, choices=Status.choices)
    last_interaction = models.DateTimeField()
    payment_scenario = models.CharField(max_length=50, default="Yookassa")
    logo_url = models.URLField(null=True, blank=True)
    client_info = models.TextField(null=True, blank=True)
    client_error_info = models.TextField(
        null=True, blank=True, help_text="Shown on the error page; HTML is allowed"
    )
    client_info_pending = models.TextField(null=True, blank=True)
    client_info_paid = models.TextField(null=True, blank=True)
    client_info_not_paid = models.TextField(null=True, blank=True)
    client_info_make_pending = models.TextField(null=True, blank=True)
    client_info_successful = models.TextField(null=True, blank=True)
    client_info_make_failed = models.TextField(null=True, blank=True)
    client_info_manual_make = models.TextField(null=True, blank=True)

    class Meta:
        verbose_name = "Автомат"
        verbose_name_plural = "Автоматы"

    def __str__(self) -> str:
        return f"{self.device_uuid} ({self.location})"

    @property
    def scenario(self) -> str:
        """The scenario; a blank one means DEFAULT_PAYMENT_SCENARIO."""
        return self.payment_scenario or str(settings.DEFAULT_PAYMENT_SCENARIO)

    def clean(self) -> None:
        """Refuse a scenario outside PAYMENT_SCENARIOS."""
        super().clean()
        validate_scenario(self.scenario, "payment_scenario")


class Drink(models.Model):
    """A drink as receipts describe it; the id is the machine's drink number. No foreign key points here."""

    id = models.CharField(primary_key=True, max_length=255)
    name = models.CharField(max_length=255)
    description = models.TextField()
    prices = models.JSONField(help_text="Size number -> price")
    available = models.BooleanField(default=True)
    meta = models.JSONField(
        null=True, blank=True, help_text="Optional: vat_code, measure, payment_subject, payment_mode"
    )

    class Meta:
        verbose_name = "Напиток"
        verbose_name_plural = "Напитки"

    def __str__(self) -> str:
        return self.name


class MerchantCredentials(models.Model):
    """A merchant's keys at one provider, encrypted at rest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="credentials")
    scenario = models.CharField(max_length=50)
    credentials = EncryptedJSONField()
    status_check_type = models.CharField(
        max_length=20, choices=StatusCheckType.choices, default=StatusCheckType.POLLING
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Ключи продавца"
        verbose_name_plural = "Ключи продавцов"
        unique_together = [("merchant", "scenario")]

    def __str__(self) -> str:
        return f"{self.merchant.name} - {self.scenario}"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """Return a row; its credentials must have been encrypted for it. Raises `ImproperlyConfigured`."""
        row = super().from_db(db, field_names, values, **options)
        if isinstance(opened := vars(row).get("credentials"), Opened):
            row.credentials = opened.value_for(row.pk)
        return row

    def clean(self) -> None:
        """Refuse a scenario outside PAYMENT_SCENARIOS."""
        super().clean()
        validate_scenario(self.scenario, "scenario")


class User(models.Model):
    """A customer; reserved and unused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(null=True, blank=True)
    phone = models.CharField(max_length=20, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "Покупатель"
        verbose_name_plural = "Покупатели"

    def __str__(self) -> str:
        return str(self.id)
