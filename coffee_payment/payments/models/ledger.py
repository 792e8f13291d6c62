"""Payments: the ledger of attempts, and what the bank and the receipts need beside it."""

# ruff: noqa: D106, RUF012 - `__str__` and `Meta` as Django has them

import uuid

from django.db import models

from payments.models.merchants import Merchant
from payments.models.orders import Order


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
