"""The chain of checks that a scan of a QR code goes through (docs/domain.md, section 6)."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from payments import lookups, statements
from payments.models import Device, Order
from payments.outgoing import tmetr
from payments.outgoing.errors import ProviderError
from payments.user_messages import ERROR_MESSAGES

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Validation:
    """The result of the chain."""

    valid: bool
    error_message: str | None = None
    existing_order: Order | None = None
    should_create_new_order: bool = False


@dataclass(frozen=True)
class _Scan:
    parameters: Mapping[str, str]
    device_uuid: str
    order_id: str
    is_test_device: bool
    last_interaction: datetime | None


_Check = Callable[[_Scan, Validation], Validation]


def execute_validation_chain(
    request_params: Mapping[str, str],
    device_uuid: str,
    order_id: str,
    is_test_device: bool = False,
    last_interaction: datetime | None = None,
) -> Validation:
    """Run the checks in order; the first that fails ends the chain with the customer's text.

    `last_interaction`: the heartbeat that is stored, if the caller has read it; it is not written again.
    """
    scan = _Scan(request_params, device_uuid, order_id, is_test_device, last_interaction)
    result = Validation(valid=True)
    for check in CHAIN:
        result = check(scan, result)
        if not result.valid:
            break
    return result


def validate_order(order: Order | None, device_uuid: str) -> Validation:
    """Return whether a scan of this device may use an existing order (`device` loaded) or create it (None)."""
    if order is None:
        return Validation(valid=True, should_create_new_order=True)
    if order.device.device_uuid != device_uuid:
        return _refusal("invalid_order_id")
    if order.is_expired():
        return _refusal("order_expired")
    return Validation(valid=True, existing_order=order)


def _refusal(message: str) -> Validation:
    return Validation(valid=False, error_message=ERROR_MESSAGES[message])


def _check_hash(scan: _Scan, result: Validation) -> Validation:
    # How QR codes are signed is not known yet, so every scan passes.
    logger.info("request hash not verified", extra={"parameter_names": sorted(scan.parameters)[:20]})
    return result


def _check_order(scan: _Scan, _: Validation) -> Validation:
    order = lookups.ORDER.first(scan.order_id)
    return validate_order(order, scan.device_uuid)


def _check_online(scan: _Scan, result: Validation) -> Validation:
    if scan.is_test_device:
        return result
    try:
        heartbeat = tmetr.get_device_heartbeat(scan.device_uuid)
        if heartbeat is None:
            return _refusal("device_offline")
        if heartbeat.get("heartbeatCreatedAt") is None:
            return _refusal("heartbeat_check_failed")
        seen = tmetr.moment(heartbeat["heartbeatCreatedAt"])
    except ProviderError as error:
        logger.warning("heartbeat check failed", extra={"device_id": scan.device_uuid, "reason": str(error)})
        return _refusal("heartbeat_check_failed")
    now = timezone.now()
    if now - seen > timedelta(minutes=settings.DEVICE_ONLINE_THRESHOLD_MINUTES):
        return _refusal("device_offline")
    seen = min(seen, now)
    if seen != scan.last_interaction:
        statements.update(Device, {"device_uuid": scan.device_uuid}, {"last_interaction": seen})
    return result


CHAIN: Final[tuple[_Check, ...]] = (_check_hash, _check_order, _check_online)
