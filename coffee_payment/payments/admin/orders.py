"""Orders in the admin: staff reads them, and acts through the state machine."""

# ruff: noqa: ARG002 - Django gives these methods their arguments

from collections.abc import Iterable
from typing import Final

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from payments.models import Device, Order, Payment
from payments.orders import journal
from payments.orders.states import Cause, change
from payments.orders.words import describe
from payments.request_data import is_storable

from .lists import QuickAdmin, short
from .reasons import ReasonForm, who

_MOST_DEVICES: Final = 1000
_DONE: Final = {Cause.STAFF_MADE: "Отмечен выданным", Cause.STAFF_TAKES_OVER: "Передан персоналу"}


@admin.register(Order)
class OrderAdmin(QuickAdmin):
    """Nothing of an order can be typed: it is what the customer scanned, and its status is the state machine's."""

    list_display = ("short_id", "drink_name", "status", "status_check_type", "rubles", "created_at")
    list_filter = ("status", "status_check_type", "created_at")
    search_fields = ("id",)
    search_help_text = "Номер заказа или его начало, номер платежа целиком, номер или адрес автомата"
    ordering = ("-created_at",)
    readonly_fields = (*(field.name for field in Order._meta.fields), "time_line")
    actions = ("mark_as_made", "hand_to_staff")
    action_form = ReasonForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: orders come from machines."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: an order may have a payment that has not been told yet."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Return the orders that a text names, else those of the machines that it names.

        Each part reads an index of its own.
        """
        text = search_term.strip()
        if not text:
            return queryset, False
        if not is_storable(text):
            return queryset.none(), False
        orders = Order.objects.order_by()
        named = (
            orders.filter(pk__startswith=text)
            .values("pk")
            .union(
                orders.filter(payment_reference_id=text).values("pk"),
                Payment.objects.filter(transaction_id=text).order_by().values("order_id"),
            )
        )
        if named.exists():
            return queryset.filter(pk__in=named), False
        devices = Device.objects.filter(Q(device_uuid=text) | Q(location__icontains=text))
        return queryset.filter(device__in=list(devices.values_list("pk", flat=True)[:_MOST_DEVICES])), False

    @admin.display(description="Номер", ordering="id")
    def short_id(self, order: Order) -> SafeString:
        """Return the id, which a machine may make as long as 255 characters."""
        return short(order.pk)

    @admin.display(description="Цена, ₽", ordering="price")
    def rubles(self, order: Order) -> str:
        """Return the price in rubles."""
        return f"{order.price / 100:.2f}"

    @admin.display(description="История")
    def time_line(self, order: Order) -> str:
        """Return what happened to the order, oldest first."""
        rows = ((f"{entry.at:%d.%m.%Y %H:%M:%S}", describe(entry)) for entry in journal.history(order.pk))
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table>{}</table>", lines)

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
        refused = []
        for order in orders:
            if change(order.pk, cause, by=by, why=why) is None:
                refused.append(f"{order.pk} ({order.status})")
            else:
                self.log_change(request, order, f"{_DONE[cause]}. {why}".strip())
        if len(refused) < len(orders):
            self.message_user(request, f"Изменено заказов: {len(orders) - len(refused)}", messages.SUCCESS)
        if refused:
            self.message_user(request, f"Отказано: {', '.join(refused)}", messages.WARNING)
