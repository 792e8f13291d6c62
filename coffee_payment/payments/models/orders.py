"""Orders of drinks."""

# ruff: noqa: D106, RUF012 - `__str__` and `Meta` as Django has them

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from payments.models.merchants import Device, Merchant, StatusCheckType


class Order(models.Model):
    """One drink for one customer."""

    class Status(models.TextChoices):
        """The nine states; only `payments.orders.states` changes between them."""

        CREATED = "created", "Created"
        PENDING = "pending", "Pending"
        PAID = "paid", "Paid"
        NOT_PAID = "not_paid", "Not paid"
        MAKE_PENDING = "make_pending", "Make pending"
        SUCCESSFUL = "successful", "Successful"
        MAKE_FAILED = "make_failed", "Make failed"
        MANUAL_MAKE = "manual_make", "Manual make"
        FAILED = "failed", "Failed"

    class Size(models.IntegerChoices):
        """The size of the cup."""

        SMALL = 1, "Small"
        MEDIUM = 2, "Medium"
        LARGE = 3, "Large"

    id = models.CharField(primary_key=True, max_length=255)
    payment_reference_id = models.CharField(
        max_length=255, null=True, blank=True, help_text="The provider's id of the current payment"
    )
    drink_name = models.CharField(max_length=255)
    drink_number = models.CharField(max_length=255, null=True, blank=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="orders")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="orders")
    size = models.IntegerField(choices=Size.choices)
    price = models.DecimalField(max_digits=10, decimal_places=2, help_text="In kopecks")
    status = models.CharField(max_length=50, choices=Status.choices)
    expires_at = models.DateTimeField(null=True, blank=True)
    payment_started_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    last_check_at = models.DateTimeField(null=True, blank=True)
    check_attempts = models.IntegerField(default=0, help_text="Consecutive failed checks")
    failed_presentation_desc = models.TextField(
        null=True, blank=True, help_text="The reason as the customer sees it"
    )
    status_check_type = models.CharField(
        max_length=20, choices=StatusCheckType.choices, null=True, blank=True
    )
    payment_scenario = models.CharField(
        max_length=50,
        null=True,
        blank=True,
        help_text="The scenario that the current payment was started with",
    )
    make_claimed_at = models.DateTimeField(null=True, blank=True)
    make_sent_at = models.DateTimeField(
        null=True, blank=True, help_text="Written just before the make command goes out"
    )
    make_answered_at = models.DateTimeField(null=True, blank=True)
    make_answer = models.CharField(
        max_length=255, null=True, blank=True, help_text="What the make command was answered"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Заказ"
        verbose_name_plural = "Заказы"
        indexes = [
            models.Index(fields=["created_at"], name="payments_order_created_idx"),
            models.Index(fields=["status", "created_at"], name="payments_order_list_idx"),
            models.Index(
                fields=["expires_at"],
                name="payments_order_unused_idx",
                condition=models.Q(status="created"),
            ),
            models.Index(
                fields=["status", "next_check_at", "expires_at"],
                name="payments_order_bg_check_idx",
                condition=models.Q(next_check_at__isnull=False, status="pending"),
            ),
            models.Index(
                fields=["status", "status_check_type", "next_check_at"], name="payments_or_status_idx"
            ),
            models.Index(
                fields=["make_claimed_at"],
                name="payments_order_make_idx",
                condition=models.Q(
                    make_answered_at__isnull=True, make_claimed_at__isnull=False, status="make_pending"
                ),
            ),
            models.Index(
                fields=["payment_reference_id"],
                name="payments_order_reference_idx",
                condition=models.Q(payment_reference_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Set `expires_at` of a new order, unless the caller did."""
        if self._state.adding and self.expires_at is None:
            self.expires_at = self.end_of_a_new_one()
        super().save(*args, **kwargs)

    @staticmethod
    def end_of_a_new_one() -> datetime:
        """Return the `expires_at` of an order that is made now."""
        return timezone.now() + timedelta(minutes=settings.ORDER_EXPIRATION_MINUTES)

    @property
    def scenario(self) -> str:
        """The scenario of the current payment; before one was started, the device's (`device` loaded)."""
        return self.payment_scenario or self.device.scenario

    def is_expired(self, now: datetime | None = None) -> bool:
        """Return whether `expires_at` has passed; without it an order never expires."""
        return self.expires_at is not None and (now or timezone.now()) > self.expires_at
