"""The customer pays on a foreign page, to which the order goes in the URL's query. Reads no credentials."""

from typing import Final

from payments.providers.base import Provider
from payments.providers.custom.provider import CustomProvider

PROVIDERS: Final[tuple[Provider, ...]] = (CustomProvider(),)
