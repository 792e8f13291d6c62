"""The Django admin (docs/domain.md, section 13)."""

# ruff: noqa: ARG002 - Django gives these methods their arguments

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from payments.models import (
    Device,
    Drink,
    Merchant,
    MerchantCredentials,
    Payment,
    Receipt,
    TBankPayment,
    User,
)

from . import orders, staff_cases  # noqa: F401 - importing them registers the lists
from .credentials_form import MerchantCredentialsForm, fields_of
from .lists import ReadOnlyAdmin, short

admin.site.register([Merchant, Drink, User])


@admin.register(MerchantCredentials)
class MerchantCredentialsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Shows per key whether it is set; values are written, never read."""

    form = MerchantCredentialsForm
    list_display = ("merchant", "scenario", "status_check_type", "created_at", "updated_at")
    list_filter = ("scenario", "status_check_type")
    list_select_related = ("merchant",)
    search_fields = ("merchant__name",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fieldsets; the fields of the keys, which the form adds, have one of their own."""
        return (
            (None, {"fields": ("merchant", "scenario", "status_check_type")}),
            (
                "Ключи",
                {
                    "fields": tuple(fields_of(obj.scenario if obj is not None else "")),
                    "description": "Пустое поле: оставить, дефис: убрать.",
                },
            ),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Name only the model's fields to the form factory: those of the keys are not on the model."""
        fixed = self.get_readonly_fields(request, obj)
        kwargs["fields"] = [name for name in MerchantCredentialsForm.Meta.fields if name not in fixed]
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the scenario, which says what the keys mean, and the merchant, whose they are."""
        return ("merchant", "scenario") if obj is not None else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[MerchantCredentials]:
        """Do not load the JSON for lists: they need no encryption key."""
        return super().get_queryset(request).defer("credentials")


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The machines."""

    list_display = ("device_uuid", "location", "status", "payment_scenario", "merchant")
    list_filter = ("status", "payment_scenario")
    list_select_related = ("merchant",)
    search_fields = ("device_uuid", "location", "merchant__name")
    fieldsets = (
        (None, {"fields": ("device_uuid", "merchant", "location", "status", "last_interaction")}),
        ("Оплата", {"fields": ("payment_scenario", "redirect_url")}),
        (
            "Что видит покупатель",
            {
                "fields": (
                    "logo_url",
                    "client_info",
                    "client_error_info",
                    "client_info_pending",
                    "client_info_paid",
                    "client_info_not_paid",
                    "client_info_make_pending",
                    "client_info_successful",
                    "client_info_make_failed",
                    "client_info_manual_make",
                )
            },
        ),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """Return the configured scenario for a new device."""
        initial = super().get_changeform_initial_data(request)
        return {"payment_scenario": settings.DEFAULT_PAYMENT_SCENARIO, **initial}


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """The ledger of attempts."""

    list_display = ("short_id", "order_key", "amount", "status", "short_transaction", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("transaction_id__exact", "order_id__exact")
    search_help_text = "Номер платежа или заказа целиком"
    ordering = ("-created_at",)

    @admin.display(description="Попытка", ordering="id")
    def short_id(self, payment: Payment) -> SafeString:
        """Return the attempt's id."""
        return short(payment.pk)

    @admin.display(description="Заказ")
    def order_key(self, payment: Payment) -> SafeString:
        """Return the order's id."""
        return short(payment.order_id)

    @admin.display(description="Номер у провайдера")
    def short_transaction(self, payment: Payment) -> SafeString:
        """Return the provider's id."""
        return short(payment.transaction_id)


@admin.register(TBankPayment)
class TBankPaymentAdmin(ReadOnlyAdmin):
    """The rows of `providers/tbank/ledger.py`."""

    list_display = ("payment_id", "order_id", "amount", "status", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("payment_id__exact", "order_id__exact")
    ordering = ("-id",)


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """What was sent to the tax office."""

    list_display = ("id", "contact", "amount", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("order_id__exact", "contact__exact")
