"""TBank acquiring API v2 (https://www.tbank.ru/kassa/dev/payments/)."""

from typing import Final

from payments.providers.base import Provider
from payments.providers.tbank.provider import TBankProvider

PROVIDERS: Final[tuple[Provider, ...]] = (TBankProvider(),)
