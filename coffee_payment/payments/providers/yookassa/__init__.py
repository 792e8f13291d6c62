"""YooKassa API v3 (https://yookassa.ru/developers/api), plain and with a fiscal receipt."""

from typing import Final

from payments.providers.base import Provider
from payments.providers.yookassa.provider import YookassaProvider, YookassaReceiptProvider

PROVIDERS: Final[tuple[Provider, ...]] = (YookassaProvider(), YookassaReceiptProvider())
