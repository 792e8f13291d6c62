"""How often something may be done in a time: the counters are in Redis, and all processes share them.

Without Redis each process counts for itself: a limit then is weaker, and customers are served.
"""

import logging
import time
from functools import cache
from typing import Final

from django.conf import settings
from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from payments.client_address import are_told_apart

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS: Final = 60
_REDIS_SECONDS: Final = 0.2
_PAUSE_SECONDS: Final = 10.0
"""How long Redis is left alone after an error."""
_KEY_LENGTH: Final = 255


class _Paused:
    """When Redis is asked again."""

    until = 0.0


def allows(what: str, number: int, key: str, *, minutes: int = 1) -> bool:
    """Count one try by `key`, and return whether it is within `number` in `minutes`; a limit of 0 is none."""
    if not number:
        return True
    limit = RateLimitItemPerMinute(number, minutes)
    names = (what, key[:_KEY_LENGTH])
    if time.monotonic() >= _Paused.until:
        try:
            return bool(_shared(settings.RATE_LIMIT_STORAGE_URL).hit(limit, *names))
        except (StorageError, ConfigurationError) as error:
            _Paused.until = time.monotonic() + _PAUSE_SECONDS
            logger.warning("limits are counted by each process", extra={"reason": type(error).__name__})
    return bool(_own().hit(limit, *names))


def allows_address(what: str, per_minute: int, address: str) -> bool:
    """Do the same for a client's address; without a limit where all clients share that of a proxy."""
    return not are_told_apart() or allows(what, per_minute, address)


def forget() -> None:
    """Forget what this process counted."""
    _own.cache_clear()
    _shared.cache_clear()


@cache
def _shared(url: str) -> MovingWindowRateLimiter:
    seconds = {"socket_timeout": _REDIS_SECONDS, "socket_connect_timeout": _REDIS_SECONDS}
    options = {} if url.startswith("memory:") else seconds
    return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, **options))


@cache
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())
