"""TMetr, the telemetry service of the machines: prices, heartbeats, the make command."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from payments.models import Order
from payments.outgoing.errors import CredentialsMissing, ProviderBadAnswer
from payments.outgoing.http import call_json, fields_of

logger = logging.getLogger(__name__)

SIZE_WORDS: Final = {1: "SMALL", 2: "MEDIUM", 3: "BIG"}
LARGEST_PRICE: Final = 99_999_999
"""The largest number of kopecks that the order's price column holds."""
_MILLISECONDS_FROM: Final = 10**11
"""An epoch number above this is in milliseconds (in seconds it would be the year 5138)."""


class PriceMissing(ProviderBadAnswer):
    """TMetr has no price for the drink, and no default price is set."""


@dataclass(frozen=True)
class MakeAnswer:
    """What TMetr answered to a make command."""

    status: str
    """Empty when the answer has none."""
    is_made: bool


def _post(path: str, body: Any, *, utc: bool = False, empty_allowed: bool = False) -> Any:
    if not settings.TMETR_TOKEN:
        raise CredentialsMissing("TMETR_TOKEN is not set")
    headers = {
        "Authorization": f"Bearer {settings.TMETR_TOKEN}",
        "TimeZoneOffset": str(settings.TMETR_TIME_ZONE_OFFSET),
        "Content-Type": "application/json",
        **({"X-TimeZoneOffset": "0"} if utc else {}),
    }
    url = f"{settings.TMETR_BASE_URL}{path}"
    return call_json("POST", url, body=body, headers=headers, empty_allowed=empty_allowed)


def send_static_drink(device_uuid: str, drink_number: str, size: int) -> Decimal:
    """Return the price of a drink in kopecks. Raises `ProviderError`."""
    body = {"deviceId": device_uuid, "drinkIdAtDevice": drink_number, "drinkSize": SIZE_WORDS[size]}
    price = fields_of(_post("/api/ui/v1/static/drink", body)).get("price")
    if price in (None, 0) and not isinstance(price, bool):
        default = int(settings.DEFAULT_DRINK_PRICE_KOPECKS)
        logger.warning("no price from TMetr", extra={"device_id": device_uuid, "default_kopecks": default})
        if default <= 0:
            raise PriceMissing("no price, and no default one")
        return Decimal(default)
    whole = isinstance(price, int | float) and not isinstance(price, bool) and price == price // 1
    if not whole or not 0 < price <= LARGEST_PRICE:
        raise ProviderBadAnswer("the price is not a whole number of kopecks above 0")
    return Decimal(int(price))


def send_make_command(order: Order) -> MakeAnswer:
    """Send the make command of an order. Raises `ProviderError`."""
    command = {
        "deviceId": order.device.device_uuid,
        "orderUuid": order.pk,
        "drinkUuid": order.drink_number,
        "size": settings.TMETR_MAKE_SIZE_WORDS[order.size - 1],
        "price": int(order.price),
    }
    answer = _post("/api/commander/v1/command/make", [command], empty_allowed=True)
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    status = answer.get("status") if isinstance(answer, dict) else None
    known = status if isinstance(status, str) else ""
    return MakeAnswer(known.replace("\0", ""), known in settings.TMETR_MAKE_DONE_STATUSES)


def get_device_heartbeat(device_uuid: str) -> dict[str, Any] | None:
    """Return a device's latest heartbeat (`heartbeatCreatedAt` may be missing), or None."""
    body = {"deviceIds": [device_uuid], "offset": 0, "limit": 1}
    answer = fields_of(_post("/api/ui/v1/stat/heartbeat/recent", body, utc=True))
    content = answer.get("content")
    if not isinstance(content, list):
        raise ProviderBadAnswer("the answer has no list of heartbeats")
    return next((fields_of(each) for each in content if fields_of(each).get("deviceId") == device_uuid), None)


def moment(timestamp: Any) -> datetime:
    """Return the time of an epoch number, in seconds or milliseconds by its size. Raises `ProviderBadAnswer`."""
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        raise ProviderBadAnswer("the heartbeat's time is not a number")
    try:
        seconds = timestamp / 1000 if timestamp > _MILLISECONDS_FROM else timestamp
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise ProviderBadAnswer("the heartbeat's time is no date") from None
