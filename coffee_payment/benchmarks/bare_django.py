"""The barest Django, as settings: one view, no middleware; log and server are this server's own."""

from coffee_payment.settings import *  # noqa: F403 - all but what follows
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.bare import BODY

MIDDLEWARE: list[str] = []
ROOT_URLCONF = __name__


def answer(_: HttpRequest) -> HttpResponse:
    """Answer every request with the same bytes."""
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [path("bare", answer)]
