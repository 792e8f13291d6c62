"""The providers of this server. To add one, write its folder and register it here."""

from typing import Final

from django.conf import settings

from payments.models import MerchantCredentials, Payment
from payments.outgoing.errors import CredentialsMissing
from payments.providers import custom, tbank, yookassa
from payments.providers.base import CredentialField, Provider, Webhook

PROVIDERS: Final[dict[str, Provider]] = {}
"""Scenario -> its provider."""


def register(*providers: Provider) -> None:
    """Add providers. Raises `ValueError` if a scenario or the type of a credential field is taken."""
    for provider in providers:
        if provider.scenario in PROVIDERS:
            raise ValueError(f"scenario {provider.scenario} has a provider already")
        taken = credential_fields()
        for field in provider.credential_fields:
            other = taken.get(field.name, field)
            if (other.type, other.secret) != (field.type, field.secret):
                raise ValueError(
                    f"credential field {field.name} of {provider.scenario} differs from another provider's"
                )
        PROVIDERS[provider.scenario] = provider


def credential_fields() -> dict[str, CredentialField]:
    """Return the fields of all providers by name; a field that several have appears once."""
    return {field.name: field for provider in PROVIDERS.values() for field in provider.credential_fields}


def webhooks() -> list[Webhook]:
    """Return each webhook once: several scenarios may share one."""
    every = (provider.webhook for provider in PROVIDERS.values())
    return list(dict.fromkeys(webhook for webhook in every if webhook is not None))


def base_url_settings() -> list[str]:
    """Return the names of the settings that hold the base URLs, each once."""
    names = (provider.base_url_setting for provider in PROVIDERS.values())
    return list(dict.fromkeys(name for name in names if name))


def polled_scenarios() -> list[str]:
    """Return the values of `Device.payment_scenario` whose orders can be polled."""
    polled = [scenario for scenario, provider in PROVIDERS.items() if not provider.is_external]
    return [*polled, *([""] if settings.DEFAULT_PAYMENT_SCENARIO in polled else [])]


def external_scenarios() -> list[str]:
    """Return the values of `Device.payment_scenario` whose customers pay on a foreign page."""
    external = [scenario for scenario, provider in PROVIDERS.items() if provider.is_external]
    return [*external, *([""] if settings.DEFAULT_PAYMENT_SCENARIO in external else [])]


def find_provider(scenario: str) -> Provider | None:
    """Return the provider of a scenario."""
    return PROVIDERS.get(scenario)


def provider_of(scenario: str) -> Provider:
    """Return the provider of a scenario. Raises `CredentialsMissing` if it has none."""
    provider = find_provider(scenario)
    if provider is None:
        raise CredentialsMissing(f"scenario {scenario[:50]!r} has no provider")
    return provider


def provider_of_payment(payment: Payment) -> Provider:
    """Return the provider that a payment was started with (`order.device` loaded). Raises `CredentialsMissing`."""
    return provider_of(payment.scenario or payment.order.device.scenario)  # not stored for old payments


def requires_receipt(row: MerchantCredentials | None) -> bool:
    """Return whether the customer must give an e-mail address for the receipt."""
    provider = PROVIDERS.get(row.scenario) if row is not None else None
    if row is None or provider is None or not isinstance(row.credentials, dict):
        return False
    return provider.requires_receipt(row.credentials)


register(*yookassa.PROVIDERS)
register(*tbank.PROVIDERS)
register(*custom.PROVIDERS)
