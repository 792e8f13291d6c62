"""The list of what staff has to look at, and the journal."""

# ruff: noqa: ARG002 - Django gives these methods their arguments

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince

from payments.models import JournalEntry, StaffCase
from payments.orders.cases import close, open_cases, reason_of
from payments.orders.states import Cause, change
from payments.orders.words import describe

from .lists import QuickAdmin, short
from .reasons import ReasonForm, who


class WrittenByTheServer(QuickAdmin):
    """Rows that staff reads and does not edit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False


@admin.register(StaffCase)
class StaffCaseAdmin(WrittenByTheServer):
    """Each open case; an action needs a reason and goes through the state machine."""

    list_display = ("age", "reason", "time_line", "transaction_id", "rubles", "merchant")
    list_display_links = None
    list_select_related = ("order__device", "merchant")
    list_filter = ("doubt", "merchant")
    search_fields = ("transaction_id__exact", "order__id__startswith")
    ordering = ("created_at",)
    actions = ("mark_as_made", "close_case")
    action_form = ReasonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffCase]:
        """Return the open cases."""
        return open_cases()

    @admin.display(description="Возраст", ordering="created_at")
    def age(self, case: StaffCase) -> str:
        """Return how long ago the payment began."""
        return timesince(case.created_at, depth=1)

    @admin.display(description="Что случилось")
    def reason(self, case: StaffCase) -> str:
        """Return the reason in words."""
        return reason_of(case)

    @admin.display(description="Заказ и его история")
    def time_line(self, case: StaffCase) -> str:
        """Return a link to the order's page, which shows its time line."""
        address = reverse("admin:payments_order_change", args=[case.order_id])
        return format_html('<a href="{}">{}</a>', address, short(case.order_id))

    @admin.display(description="Сумма, ₽")
    def rubles(self, case: StaffCase) -> str:
        """Return the amount in rubles."""
        return f"{case.amount / 100:.2f}"

    @admin.action(description="Напиток выдан", permissions=["change"])
    def mark_as_made(self, request: HttpRequest, queryset: QuerySet[StaffCase]) -> None:
        """Change each case's order to `successful`."""

        def made(case: StaffCase, by: str, why: str) -> bool:
            return change(case.order_id, Cause.STAFF_MADE, by=by, why=why) is not None

        self._act(request, queryset, made)

    @admin.action(description="Закрыть: деньги возвращены или никому не должны", permissions=["change"])
    def close_case(self, request: HttpRequest, queryset: QuerySet[StaffCase]) -> None:
        """End each case."""
        self._act(request, queryset, close)

    def _act(
        self, request: HttpRequest, queryset: QuerySet[StaffCase], act: Callable[[StaffCase, str, str], bool]
    ) -> None:
        why = request.POST.get("why", "").strip()
        if not why:
            self.message_user(request, "Укажите причину: она попадёт в историю заказа.", messages.ERROR)
            return
        cases = list(queryset.select_related("order"))
        refused = []
        for case in cases:
            if act(case, who(request), why):
                self.log_change(request, case, why)
            else:
                refused.append(case.order_id)
        if len(refused) < len(cases):
            self.message_user(request, f"Изменено: {len(cases) - len(refused)}", messages.SUCCESS)
        if refused:
            self.message_user(request, f"Отказано: {', '.join(refused)}", messages.WARNING)


@admin.register(JournalEntry)
class JournalEntryAdmin(WrittenByTheServer):
    """The journal; entries are only added."""

    list_display = ("at", "order_id", "kind", "what", "payment_id", "request_id")
    list_filter = ("kind",)
    search_fields = ("order_id__exact",)
    ordering = ("-id",)

    @admin.display(description="Что произошло")
    def what(self, entry: JournalEntry) -> str:
        """Return the entry in words."""
        return describe(entry)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False
