"""A JSON field whose content is stored encrypted."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

ENVELOPE: Final = "fernet"
"""The only key of a stored object; its value is the Fernet token."""
_ROW: Final = "_row"
_VALUE: Final = "_value"


@dataclass(frozen=True)
class Opened:
    """A decrypted value and the row that it was encrypted for."""

    value: Any
    row: str | None
    """None: not bound to a row, as former releases wrote it."""

    def value_for(self, row: Any) -> Any:
        """Return the value, if it was encrypted for this row. Raises `ImproperlyConfigured`."""
        if self.row is None:
            raise ImproperlyConfigured(f"Credentials {row} are not bound to their row; {_ADVICE}")
        if self.row != str(row):
            raise ImproperlyConfigured(f"Credentials {row} were encrypted for another row: enter them again")
        return self.value


_ADVICE: Final = "if you trust what is stored, run manage.py rotate_credentials --bind"


class EncryptedJSONField(models.JSONField):
    """Holds any JSON value; the database sees one object with a Fernet token, which names the row too.

    `settings.CREDENTIALS_ENCRYPTION_KEY` is a list of keys: the first writes, all read. A token that is copied from
    one row to another, and a value that is not encrypted, are refused. There are no lookups inside the value.

    A query returns `Opened`; the model's `from_db` calls `value_for`. Reading or writing raises
    `ImproperlyConfigured` when no key is set, a key is malformed, or none fits.
    """

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Decrypt what the database holds."""
        value = super().from_db_value(value, expression, connection)
        if value is None:
            return None
        if not is_encrypted(value):
            raise ImproperlyConfigured(f"Credentials are stored unencrypted; {_ADVICE}")
        return decrypt(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Encrypt for the row; None stays NULL."""
        return self._sealed(super().pre_save(model_instance, add), model_instance.pk)

    def get_prep_value(self, value: Any) -> Any:
        """Take what is encrypted. Raises `TypeError` for `update()`, which does not know the row."""
        value = super().get_prep_value(value)
        if value is None or is_encrypted(value):
            return value
        raise TypeError("credentials are encrypted for their row: set the attribute and save the row")

    def value_to_string(self, obj: models.Model) -> Any:
        """Return the encrypted form for fixtures: `dumpdata` must not print a merchant's keys."""
        return self._sealed(self.value_from_object(obj), obj.pk)

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only `isnull`: tokens of equal values differ, so any other lookup would be wrong."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, name: str) -> Any:  # noqa: ARG002 - Django's signature
        """Refuse paths into the value."""
        return None

    def _sealed(self, value: Any, row: Any) -> Any:
        return value if value is None or is_encrypted(value) else encrypt(value, row)


def is_encrypted(value: Any) -> bool:
    """Return whether a value is a stored envelope."""
    return isinstance(value, dict) and value.keys() == {ENVELOPE} and isinstance(value[ENVELOPE], str)


def encrypt(value: Any, row: Any) -> dict[str, str]:
    """Encrypt for a row, with the first key.

    The name of the row stands among the keys of an object, where former releases read past it.
    """
    named = {**value, _ROW: str(row)} if isinstance(value, dict) else {_VALUE: value, _ROW: str(row)}
    plain = json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return {ENVELOPE: cipher().encrypt(plain).decode()}


def decrypt(envelope: dict[str, str]) -> Opened:
    """Decrypt with the key that fits. Raises `ImproperlyConfigured` if none does."""
    try:
        value = json.loads(cipher().decrypt(envelope[ENVELOPE]))
    except InvalidToken:
        raise ImproperlyConfigured(
            "Stored credentials do not decrypt with any key of CREDENTIALS_ENCRYPTION_KEY; "
            "add the key that wrote them to the end of the list"
        ) from None
    if not isinstance(value, dict) or _ROW not in value:
        return Opened(value, None)
    row = str(value.pop(_ROW))
    return Opened(value[_VALUE] if value.keys() == {_VALUE} else value, row)


def bound(stored: Any, row: Any) -> dict[str, str] | None:
    """Return what a row of a former release has to hold: encrypted and bound; None if it already does, or is NULL.

    Raises `ImproperlyConfigured`.
    """
    if stored is None:
        return None
    opened = decrypt(stored) if is_encrypted(stored) else Opened(stored, None)
    return encrypt(opened.value, row) if opened.row is None else None


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
