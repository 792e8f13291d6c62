"""The admin's form for credentials: it shows which keys are set, and never a value."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from .models import MerchantCredentials

SHOP: Final = ("account_id", "secret_key")
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "Yookassa": SHOP,
    "YookassaReceipt": (
        *SHOP,
        "is_receipt_mandatory",
        "tax_system_code",
        "timezone",
        "vat_code",
        "measure",
        "payment_subject",
        "payment_mode",
    ),
    "TBank": ("terminal_key", "password", "success_url", "fail_url"),
    "Custom": (),
}
"""Scenario -> the keys that it reads."""
REQUIRED: Final = {"Yookassa": SHOP, "YookassaReceipt": SHOP, "TBank": ("terminal_key", "password")}
ALL_KEYS: Final = tuple(dict.fromkeys(key for keys in KEYS.values() for key in keys))
HIDDEN_KEYS: Final = frozenset({"secret_key", "password"})
NUMBER_KEYS: Final = frozenset({"tax_system_code", "timezone", "vat_code"})
BOOLEAN_KEYS: Final = {"true": True, "false": False}
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
        for key in ALL_KEYS:
            state = "set" if key in stored else "not set"
            self.fields[key] = forms.CharField(
                required=False,
                strip=True,
                label=key,
                help_text=f"{state} ({', '.join(name for name, keys in KEYS.items() if key in keys)})",
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
                if key in HIDDEN_KEYS
                else forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Work out the new credentials, and refuse them when a required key would be missing."""
        cleaned = super().clean() or self.cleaned_data
        credentials = self._stored()
        for key in ALL_KEYS:
            text = cleaned.get(key) or ""
            if text == CLEAR:
                credentials.pop(key, None)
            elif text:
                credentials[key] = self._value(key, text)
        for key in REQUIRED.get(cleaned.get("scenario", ""), ()):
            if key not in credentials:
                self.add_error(key, ValidationError("This scenario needs the key", code="required"))
        self.instance.credentials = credentials
        return cleaned

    def _value(self, key: str, text: str) -> str | int | bool:
        if key == "is_receipt_mandatory":
            if text.lower() not in BOOLEAN_KEYS:
                self.add_error(key, ValidationError("Enter true or false", code="invalid"))
            return BOOLEAN_KEYS.get(text.lower(), False)
        return int(text) if key in NUMBER_KEYS and text.isdecimal() else text

    def _stored(self) -> dict[str, Any]:
        stored = self.instance.credentials if not self.instance._state.adding else {}
        return dict(stored) if isinstance(stored, dict) else {}
