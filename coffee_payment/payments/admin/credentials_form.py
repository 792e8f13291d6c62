"""The admin's form for credentials: it shows which keys are set, and never a value."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from payments.models import MerchantCredentials
from payments.providers.base import CredentialField, FieldType
from payments.providers.registry import PROVIDERS, credential_fields

BOOLEANS: Final = {"true": True, "false": False}
CLEAR: Final = "-"
"""What staff types to remove a key."""
_LONGEST_NUMBER: Final = 18
_is_web_address: Final = URLValidator(schemes=["http", "https"])


class MerchantCredentialsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One empty field for each key; what is typed replaces the stored value, an empty field keeps it.

    A stored row has the keys of its scenario only. For a new one the page's script shows those of the chosen scenario.
    """

    class Meta:
        """The JSON itself is no field of the form."""

        model = MerchantCredentials
        fields = ("merchant", "scenario", "status_check_type")

    class Media:
        """The script of the form for a new row."""

        js = ("payments/credentials.js",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields, each with its state as help text."""
        super().__init__(*args, **kwargs)
        if "scenario" in self.fields:
            self.fields["scenario"] = forms.ChoiceField(
                label=self.fields["scenario"].label,
                choices=[(name, name) for name in settings.PAYMENT_SCENARIOS],
            )
        stored = self._stored()
        for key, field in fields_of(self._stored_scenario()).items():
            widget = forms.PasswordInput if field.secret else forms.TextInput
            self.fields[key] = forms.CharField(
                required=False,
                strip=True,
                label=key,
                help_text=self._state(key, stored),
                widget=widget(
                    attrs={
                        "autocomplete": "new-password" if field.secret else "off",
                        "data-scenarios": " ".join(_scenarios_with(key)),
                    }
                ),
            )

    def clean(self) -> dict[str, Any]:
        """Compute the new credentials, and refuse them when a required key would be missing."""
        cleaned = super().clean() or self.cleaned_data
        credentials = self._stored()
        scenario = self._stored_scenario() or cleaned.get("scenario", "")
        fields = fields_of(scenario) if scenario else {}
        for key, field in fields.items():
            text = cleaned.get(key) or ""
            if text == CLEAR:
                credentials.pop(key, None)
            elif text:
                credentials[key] = self._value(field, text)
            if field.required and key not in credentials:
                self.add_error(key, ValidationError("Этому сценарию нужен ключ", code="required"))
        self.instance.credentials = credentials
        return cleaned

    def _value(self, field: CredentialField, text: str) -> str | int | bool:
        if field.type is FieldType.BOOLEAN:
            if text.lower() not in BOOLEANS:
                self.add_error(field.name, ValidationError("Введите true или false", code="invalid"))
            return BOOLEANS.get(text.lower(), False)
        if field.type is FieldType.URL:
            try:
                _is_web_address(text)
            except ValidationError as error:
                self.add_error(field.name, error)
        is_number = field.type is FieldType.NUMBER and text.isdecimal() and len(text) <= _LONGEST_NUMBER
        return int(text) if is_number else text

    def _state(self, key: str, stored: dict[str, Any]) -> str:
        if self.instance._state.adding:
            return ", ".join(_scenarios_with(key))
        return "задан" if key in stored else "не задан"

    def _stored_scenario(self) -> str:
        return "" if self.instance._state.adding else self.instance.scenario

    def _stored(self) -> dict[str, Any]:
        stored = self.instance.credentials if not self.instance._state.adding else {}
        return dict(stored) if isinstance(stored, dict) else {}


def fields_of(scenario: str) -> dict[str, CredentialField]:
    """Return the fields of a scenario by name; without one, those of all."""
    if not scenario:
        return credential_fields()
    provider = PROVIDERS.get(scenario)
    return {field.name: field for field in provider.credential_fields} if provider is not None else {}


def _scenarios_with(key: str) -> list[str]:
    return [
        scenario
        for scenario, provider in PROVIDERS.items()
        if key in {field.name for field in provider.credential_fields}
    ]
