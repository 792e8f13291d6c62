"""A JSON field whose content is stored encrypted."""

import json
import logging
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

ENVELOPE: Final = "fernet"
"""The only key of a stored object; its value is the Fernet token."""


class EncryptedJSONField(models.JSONField):
    """Holds any JSON value; the database sees one object with a Fernet token.

    `settings.CREDENTIALS_ENCRYPTION_KEY` is a list of keys: the first writes, all read. A stored value that
    is not encrypted is still read, and encrypted by the next save. There are no lookups inside the value.

    Reading or writing raises `ImproperlyConfigured` when no key is set, a key is malformed, or none fits.
    """

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Decrypt what the database holds."""
        value = super().from_db_value(value, expression, connection)
        if value is not None and not is_encrypted(value):
            logger.warning("Credentials are stored unencrypted; the next save encrypts them")
        return self.to_python(value)

    def to_python(self, value: Any) -> Any:
        """Decrypt a stored object; used by fixtures too, which carry the encrypted form."""
        if is_encrypted(value):
            return decrypt(value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt; None stays NULL."""
        value = super().get_prep_value(value)
        if value is None or is_encrypted(value):
            return value
        return encrypt(value)

    def value_to_string(self, obj: models.Model) -> Any:
        """Return the encrypted form for fixtures: `dumpdata` must not print a merchant's keys."""
        return self.get_prep_value(self.value_from_object(obj))

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only `isnull`: tokens of equal values differ, so any other lookup would be wrong."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, name: str) -> Any:  # noqa: ARG002 - Django's signature
        """Refuse paths into the value."""
        return None


def is_encrypted(value: Any) -> bool:
    """Return whether a value is a stored envelope."""
    return isinstance(value, dict) and value.keys() == {ENVELOPE} and isinstance(value[ENVELOPE], str)


def encrypt(value: Any) -> dict[str, str]:
    """Encrypt with the first key."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return {ENVELOPE: cipher().encrypt(plain).decode()}


def decrypt(envelope: dict[str, str]) -> Any:
    """Decrypt with the key that fits. Raises `ImproperlyConfigured` if none does."""
    try:
        return json.loads(cipher().decrypt(envelope[ENVELOPE]))
    except InvalidToken:
        raise ImproperlyConfigured(
            "Stored credentials do not decrypt with any key of CREDENTIALS_ENCRYPTION_KEY; "
            "add the key that wrote them to the end of the list"
        ) from None


def cipher() -> MultiFernet:
    """Return the cipher of the configured keys. Raises `ImproperlyConfigured`."""
    return _cipher(tuple(settings.CREDENTIALS_ENCRYPTION_KEY))


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("CREDENTIALS_ENCRYPTION_KEY is not set; merchants' credentials need it")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured(
            "CREDENTIALS_ENCRYPTION_KEY is malformed: each key of the comma list must be "
            "32 bytes in URL-safe base64, as Fernet.generate_key() makes them"
        ) from None
