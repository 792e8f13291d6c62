"""The Django admin (docs/domain.md, section 13)."""

# ruff: noqa: ARG002 - Django gives these methods their arguments

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from payments.models import (
    Device,
    Drink,
    Merchant,
    MerchantCredentials,
    Order,
    Payment,
    Receipt,
    TBankPayment,
    User,
)
from payments.orders import journal
from payments.orders.states import Cause, change
from payments.orders.words import describe
from payments.providers.registry import credential_fields

from . import staff_cases  # noqa: F401 - importing it registers the list
from .credentials_form import MerchantCredentialsForm
from .reasons import ReasonForm, who

admin.site.register([Merchant, Drink, Receipt, User])


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
                "Credentials",
                {
                    "fields": tuple(credential_fields()),
                    "description": "Empty: keep. A single hyphen: remove.",
                },
            ),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Name only the model's fields to the form factory: those of the keys are not on the model."""
        kwargs["fields"] = MerchantCredentialsForm.Meta.fields
        return super().get_form(request, obj, change, **kwargs)

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
        ("Payment", {"fields": ("payment_scenario", "redirect_url")}),
        (
            "What the customer sees",
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


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Orders; only the state machine changes their status."""

    list_display = ("id", "drink_name", "status", "status_check_type", "price", "created_at")
    list_filter = ("status", "status_check_type", "created_at")
    show_full_result_count = False
    search_fields = ("id", "payment_reference_id", "device__device_uuid", "device__location")
    readonly_fields = (
        "id",
        "status",
        "status_check_type",
        "payment_reference_id",
        "created_at",
        "updated_at",
        "expires_at",
        "payment_started_at",
        "next_check_at",
        "last_check_at",
        "check_attempts",
        "make_claimed_at",
        "make_sent_at",
        "make_answered_at",
        "make_answer",
        "time_line",
    )
    actions = ("mark_as_made", "hand_to_staff")
    action_form = ReasonForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: orders come from machines."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: an order may have a payment that has not been told yet."""
        return False

    @admin.display(description="История")
    def time_line(self, order: Order) -> str:
        """Return what happened to the order, oldest first."""
        rows = ((f"{entry.at:%d.%m.%Y %H:%M:%S}", describe(entry)) for entry in journal.history(order.pk))
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table>{}</table>", lines)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save only what the form changed: the status may have changed since the page was opened."""
        if form.changed_data:
            obj.save(update_fields=[*form.changed_data, "updated_at"])

    @admin.action(description="Отметить выданными", permissions=["change"])
    def mark_as_made(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Change each order to `successful`."""
        self._move(request, queryset, Cause.STAFF_MADE)

    @admin.action(description="Передать персоналу", permissions=["change"])
    def hand_to_staff(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Change each order to `manual_make`."""
        self._move(request, queryset, Cause.STAFF_TAKES_OVER)

    def _move(self, request: HttpRequest, queryset: Iterable[Order], cause: Cause) -> None:
        by, why = who(request), request.POST.get("why", "").strip()
        orders = list(queryset)
        refused = [
            f"{order.pk} ({order.status})"
            for order in orders
            if change(order.pk, cause, by=by, why=why) is None
        ]
        if len(refused) < len(orders):
            self.message_user(request, f"Изменено заказов: {len(orders) - len(refused)}", messages.SUCCESS)
        if refused:
            self.message_user(request, f"Отказано: {', '.join(refused)}", messages.WARNING)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Rows that only the server writes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """The ledger of attempts."""

    list_display = ("id", "order", "amount", "status", "transaction_id", "created_at")
    list_filter = ("status", "created_at")
    list_select_related = ("order",)
    search_fields = ("transaction_id", "order__id")


@admin.register(TBankPayment)
class TBankPaymentAdmin(ReadOnlyAdmin):
    """The rows of `providers/tbank/ledger.py`."""

    list_display = ("payment_id", "order_id", "amount", "status", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("payment_id", "order_id")
