"""The data model (docs/domain.md, section 3). Every stored amount is in kopecks."""

# ruff: noqa: D106, RUF012 - `__str__` and `Meta` as Django has them

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from .fields import EncryptedJSONField, Opened


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
            self.expires_at = timezone.now() + timedelta(minutes=settings.ORDER_EXPIRATION_MINUTES)
        super().save(*args, **kwargs)

    @property
    def scenario(self) -> str:
        """The scenario of the current payment; before one was started, the device's (`device` loaded)."""
        return self.payment_scenario or self.device.scenario

    def is_expired(self, now: datetime | None = None) -> bool:
        """Return whether `expires_at` has passed; without it an order never expires."""
        return self.expires_at is not None and (now or timezone.now()) > self.expires_at


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


class Payment(models.Model):
    """The ledger of attempts: one row for each try to start a payment of an order."""

    class Status(models.TextChoices):
        """The result of the attempt."""

        PENDING = "pending", "Pending"
        SUCCESSFUL = "successful", "Successful"
        FAILED = "failed", "Failed"

    class Doubt(models.TextChoices):
        """Why staff has to look at a payment that no order's status tells about."""

        DIFFERS = "differs", "Оплачено, но сумма, валюта или заказ не совпадают"
        PAID_TWICE = "paid_twice", "Заказ оплачен дважды: нужен возврат"
        NO_ANSWER = "no_answer", "Провайдер так и не ответил об этом платеже"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="payments")
    amount = models.DecimalField(max_digits=10, decimal_places=2, help_text="In kopecks")
    status = models.CharField(max_length=50, choices=Status.choices)
    transaction_id = models.CharField(max_length=255, blank=True)
    scenario = models.CharField(
        max_length=50, null=True, blank=True, help_text="The scenario that the payment was started with"
    )
    provider_status = models.CharField(
        max_length=50, null=True, blank=True, help_text="The provider's own word in its last answer"
    )
    next_check_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider is asked again; empty: never"
    )
    last_check_at = models.DateTimeField(null=True, blank=True)
    doubt = models.CharField(max_length=20, choices=Doubt.choices, null=True, blank=True)
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When staff, or a refund, ended the doubt"
    )
    refunded_amount = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, help_text="In kopecks, as the provider says"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Попытка оплаты"
        verbose_name_plural = "Попытки оплаты"
        indexes = [
            models.Index(fields=["transaction_id"], name="payments_payment_txn_idx"),
            models.Index(fields=["created_at"], name="payments_payment_created_idx"),
            models.Index(
                fields=["next_check_at"],
                name="payments_payment_check_idx",
                condition=models.Q(next_check_at__isnull=False),
            ),
            models.Index(
                fields=["created_at"],
                name="payments_payment_doubt_idx",
                condition=models.Q(closed_at__isnull=True, doubt__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"


class StaffCase(Payment):
    """A payment that staff has to look at: `payments.orders.cases` says which these are."""

    class Meta:
        proxy = True
        verbose_name = "Случай для персонала"
        verbose_name_plural = "Случаи для персонала"


class Receipt(models.Model):
    """A fiscal receipt of an order (scenario YookassaReceipt)."""

    class Status(models.TextChoices):
        """The state of the receipt."""

        PENDING = "pending", "Pending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="receipts")
    contact = models.CharField(max_length=255, help_text="The customer's e-mail address")
    drink_no = models.CharField(max_length=255, null=True, blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2, help_text="In kopecks")
    receipt_data = models.JSONField(null=True, blank=True, help_text="The receipt as sent")
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=50, choices=Status.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "Чек"
        verbose_name_plural = "Чеки"

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"


class TBankPayment(models.Model):
    """A payment as TBank knows it; `order_id` is the OrderId sent to the bank, plain text."""

    class Status(models.TextChoices):
        """The state of the bank's payment."""

        NEW = "new", "New"
        PENDING = "pending", "Pending"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    amount = models.PositiveIntegerField(help_text="In kopecks")
    payment_url = models.URLField(null=True, blank=True)
    order_id = models.CharField(max_length=255, unique=True)
    payment_id = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=50, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Платёж Т-Банка"
        verbose_name_plural = "Платежи Т-Банка"

    def __str__(self) -> str:
        return f"{self.payment_id} ({self.status})"


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
