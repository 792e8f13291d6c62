"""The admin's sign-in, which costs half a second of a processor: bounded in number, by address and at a time."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from payments import rates
from payments.client_address import address_of
from payments.outgoing import bulkhead
from payments.responses import error_page
from payments.user_messages import ERROR_MESSAGES


def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or check a password: at most one at a time in each process."""
    if request.method != "POST":
        return admin.site.login(request)
    if not rates.allows_address("sign-in", settings.SIGN_INS_PER_ADDRESS_PER_MIN, address_of(request)):
        return too_many(request)
    try:
        with bulkhead.slot("sign-ins"):
            return admin.site.login(request)
    except bulkhead.Busy:
        response = error_page(request, ERROR_MESSAGES["service_unavailable"], 503)
        response["Retry-After"] = str(bulkhead.RETRY_AFTER_SECONDS)
        return response


def too_many(request: HttpRequest, *_: object) -> HttpResponse:
    """Answer one who is locked out, or tries too often."""
    response = error_page(request, ERROR_MESSAGES["too_many_sign_ins"], 429)
    response["Retry-After"] = str(60 * settings.SIGN_IN_LOCK_MINUTES)
    return response
