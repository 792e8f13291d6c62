"""The admin's form for credentials: it shows which keys are set, and never a value."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from payments.models import MerchantCredentials
from payments.providers.base import CredentialField, FieldType
from payments.providers.registry import PROVIDERS, credential_fields

BOOLEANS: Final = {"true": True, "false": False}
CLEAR: Final = "-"
"""What staff types to remove a key."""


class MerchantCredentialsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One empty field for each key; what is typed replaces the stored value, an empty field keeps it."""

    class Meta:
        """The JSON itself is no field of the form."""

        model = MerchantCredentials
        fields = ("merchant", "scenario", "status_check_type")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields, each with its state as help text."""
        super().__init__(*args, **kwargs)
        stored = self._stored()
        for key, field in credential_fields().items():
            state = "set" if key in stored else "not set"
            self.fields[key] = forms.CharField(
                required=False,
                strip=True,
                label=key,
                help_text=f"{state} ({', '.join(_scenarios_with(key))})",
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
                if field.secret
                else forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Compute the new credentials, and refuse them when a required key would be missing."""
        cleaned = super().clean() or self.cleaned_data
        credentials = self._stored()
        for key, field in credential_fields().items():
            text = cleaned.get(key) or ""
            if text == CLEAR:
                credentials.pop(key, None)
            elif text:
                credentials[key] = self._value(field, text)
        provider = PROVIDERS.get(cleaned.get("scenario", ""))
        for field in provider.credential_fields if provider is not None else ():
            if field.required and field.name not in credentials:
                self.add_error(field.name, ValidationError("This scenario needs the key", code="required"))
        self.instance.credentials = credentials
        return cleaned

    def _value(self, field: CredentialField, text: str) -> str | int | bool:
        if field.type is FieldType.BOOLEAN:
            if text.lower() not in BOOLEANS:
                self.add_error(field.name, ValidationError("Enter true or false", code="invalid"))
            return BOOLEANS.get(text.lower(), False)
        return int(text) if field.type is FieldType.NUMBER and text.isdecimal() else text

    def _stored(self) -> dict[str, Any]:
        stored = self.instance.credentials if not self.instance._state.adding else {}
        return dict(stored) if isinstance(stored, dict) else {}


def _scenarios_with(key: str) -> list[str]:
    return [
        scenario
        for scenario, provider in PROVIDERS.items()
        if key in {field.name for field in provider.credential_fields}
    ]
