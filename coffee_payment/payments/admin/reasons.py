"""Who acts in the admin, and why."""

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.http import HttpRequest


class ReasonForm(ActionForm):
    """The list's action form with a field for the reason, which goes into the journal."""

    why = forms.CharField(label="Причина", required=False, max_length=200)


def who(request: HttpRequest) -> str:
    """Return the name of the member of staff."""
    return str(request.user.get_username())
