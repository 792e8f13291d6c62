"""A provider that does not exist, complete in this folder: what a new provider of the server consists of."""

from typing import Final

from payments.providers.base import Provider

from tests.bonus_bank.provider import BonusBankProvider

PROVIDERS: Final[tuple[Provider, ...]] = (BonusBankProvider(),)
