"""Lists that stay quick however many rows there are."""

from typing import Any, Final

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

MOST_COUNTED: Final = 10_000
_SHOWN: Final = 13


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Counts no more rows than anybody pages through: a COUNT over all of them reads the whole table."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most MOST_COUNTED."""
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class QuickAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """A list without a count over all rows."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class ReadOnlyAdmin(QuickAdmin):
    """Rows that only the server writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Return False."""
        return False


def short(value: Any) -> SafeString:
    """Return an id as a column shows it: cut if it is long, with the whole of it as its title."""
    text = str(value or "")
    if len(text) <= 2 * _SHOWN:
        return format_html("{}", text)
    return format_html('<span title="{}">{}…{}</span>', text, text[:_SHOWN], text[-4:])
