"""The order state machine: the only place where an order changes its status.

The table below holds all steps (docs/domain.md, section 4). A step that is not in the table changes nothing.
No step leads back to `paid`, so the process that takes `MAKE_CLAIMED` is the only one that ever sends the make
command of that order.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from payments import metrics, statements
from payments.models import Order
from payments.orders import journal
from payments.user_messages import BACKGROUND_CHECK_MESSAGES, ERROR_MESSAGES, STATUS_DESCRIPTIONS

logger = logging.getLogger(__name__)

Guard = Callable[[Order, datetime], bool]
ABANDONED_AFTER: Final = timedelta(seconds=30)
"""How long an order may stay in `paid` before its process counts as dead."""

S = Order.Status


class Cause(StrEnum):
    """Why an order changes."""

    ACCEPTED = "the provider accepted a new payment"
    REFUSED = "the provider refused for good"
    NO_REDIRECT = "the device has no redirect_url"
    SUCCEEDED = "verified success"
    CANCELED = "the provider canceled the payment"
    EXPIRED = "expired without a success"
    WAITING_FOR_CAPTURE = "the payment waits for a capture"
    EXHAUSTED = "check attempts exhausted"
    NO_REFERENCE = "no payment reference"
    MAKE_CLAIMED = "the make command is claimed"
    ABANDONED = "found in paid: the process died"
    MAKE_ERROR = "the make command failed"
    MAKE_UNSURE = "the make command was sent without a clear answer"
    MAKE_NOT_SENT = "claimed and not sent: the process died"
    MAKE_UNANSWERED = "sent without an answer: the process died"
    MAKE_DONE = "the machine says it is made"
    STAFF_TAKES_OVER = "handed to staff"
    STAFF_MADE = "marked as made by staff"


@dataclass(frozen=True)
class Step:
    """One row of the table."""

    sources: tuple[str, ...]
    cause: Cause
    target: str
    guard: Guard | None = None
    text: str | None = None
    """The new `failed_presentation_desc`, which the customer reads; None leaves it unchanged."""
    moment: str | None = None
    """The column that gets the time of the step."""


def _in_time(order: Order, now: datetime) -> bool:
    started = order.payment_started_at or now
    return not order.is_expired(now) and now - started <= timedelta(seconds=settings.FAST_TRACK_LIMIT_S)


def _expired(order: Order, now: datetime) -> bool:
    return order.is_expired(now)


def _abandoned(order: Order, now: datetime) -> bool:
    return now - order.updated_at > ABANDONED_AFTER


def _not_sent(order: Order, now: datetime) -> bool:
    return order.make_sent_at is None and _claimed_long_ago(order, now)


def _unanswered(order: Order, now: datetime) -> bool:
    return order.make_sent_at is not None and order.make_answered_at is None and _claimed_long_ago(order, now)


def _claimed_long_ago(order: Order, now: datetime) -> bool:
    """Return whether the process that claimed the command must have had its answer, or is dead."""
    return order.make_claimed_at is not None and order.make_claimed_at < abandoned_before(now)


def abandoned_before(now: datetime) -> datetime:
    """Return the time before which a claimed make command without an answer belongs to a dead process."""
    call = timedelta(seconds=2 * settings.PAYMENT_API_TIMEOUT_S)
    return now - max(ABANDONED_AFTER, 2 * call)


_LATE: Final = BACKGROUND_CHECK_MESSAGES["manual_make_status"]
_UNSURE: Final = BACKGROUND_CHECK_MESSAGES["payment_check_failed"]

STEPS: Final = (
    Step((S.CREATED, S.NOT_PAID), Cause.ACCEPTED, S.PENDING),
    Step(
        (S.CREATED, S.NOT_PAID),
        Cause.REFUSED,
        S.FAILED,
        text=ERROR_MESSAGES["payment_creation_failed"],
    ),
    Step((S.CREATED,), Cause.NO_REDIRECT, S.FAILED, text=ERROR_MESSAGES["missing_credentials"]),
    Step((S.PENDING,), Cause.SUCCEEDED, S.PAID, _in_time),
    Step((S.PENDING,), Cause.SUCCEEDED, S.MANUAL_MAKE, text=_LATE),
    Step((S.CREATED, S.NOT_PAID, S.FAILED), Cause.SUCCEEDED, S.MANUAL_MAKE, text=_LATE),
    Step((S.PENDING,), Cause.CANCELED, S.NOT_PAID),
    Step((S.PENDING,), Cause.EXPIRED, S.NOT_PAID, _expired),
    Step((S.PENDING,), Cause.WAITING_FOR_CAPTURE, S.FAILED, text=_UNSURE),
    Step(
        (S.PENDING,),
        Cause.EXHAUSTED,
        S.FAILED,
        text=BACKGROUND_CHECK_MESSAGES["payment_retry_exhausted"],
    ),
    Step((S.PENDING,), Cause.NO_REFERENCE, S.FAILED, text=_UNSURE),
    Step((S.PAID,), Cause.MAKE_CLAIMED, S.MAKE_PENDING, moment="make_claimed_at"),
    Step((S.PAID,), Cause.ABANDONED, S.MANUAL_MAKE, _abandoned, text=_LATE),
    Step((S.PAID, S.MAKE_PENDING, S.MAKE_FAILED), Cause.STAFF_TAKES_OVER, S.MANUAL_MAKE),
    Step((S.MAKE_PENDING,), Cause.MAKE_ERROR, S.MAKE_FAILED, text=STATUS_DESCRIPTIONS["make_failed"]),
    Step((S.MAKE_PENDING,), Cause.MAKE_UNSURE, S.MAKE_FAILED, text=BACKGROUND_CHECK_MESSAGES["make_unsure"]),
    Step(
        (S.MAKE_PENDING,),
        Cause.MAKE_NOT_SENT,
        S.MANUAL_MAKE,
        _not_sent,
        text=STATUS_DESCRIPTIONS["manual_make"],
    ),
    Step(
        (S.MAKE_PENDING,),
        Cause.MAKE_UNANSWERED,
        S.MANUAL_MAKE,
        _unanswered,
        text=BACKGROUND_CHECK_MESSAGES["make_unsure"],
    ),
    Step((S.MAKE_PENDING,), Cause.MAKE_DONE, S.SUCCESSFUL),
    Step((S.MAKE_PENDING, S.MAKE_FAILED, S.MANUAL_MAKE), Cause.STAFF_MADE, S.SUCCESSFUL),
)


_LOCKED: Final = statements.Read(lambda key: Order.objects.select_for_update().filter(pk=key))


def lock(order_id: str) -> Order | None:
    """Return an order with its row locked until the transaction ends; None when there is none."""
    return _LOCKED.first(order_id)


def change(
    order_id: str,
    cause: Cause,
    *,
    only_if: Callable[[Order], bool] | None = None,
    by: str = "",
    why: str = "",
    **values: Any,
) -> Order | None:
    """Take the step that the table has for this order and cause, with the row locked.

    Return the changed order, or None when nothing changed: no such order, no such step, or `only_if` (called
    with the locked order) returned False. `by` and `why` name the member of staff and the reason. `values` are
    further fields to write.
    """
    with transaction.atomic():
        order = lock(order_id)
        if order is None or (only_if is not None and not only_if(order)):
            return None
        return change_locked(order, cause, by=by, why=why, **values)


def change_locked(
    order: Order, cause: Cause, *further: Cause, by: str = "", why: str = "", **values: Any
) -> Order | None:
    """Do the same with an order whose row this transaction has read and locked.

    The steps of `further` causes are taken with it, as far as the table has them, and written at once.
    """
    step, following = _step(order, cause), iter(further)
    if step is None:
        facts = {"order_id": order.pk, "from_status": order.status, "cause": cause.value}
        logger.warning("order step refused", extra=facts)
        return None
    for name, value in values.items():
        setattr(order, name, value)
    written = {"status", *values}
    while step is not None:
        written |= _take(order, step, by, why)
        next_cause = next(following, None)
        step = _step(order, next_cause) if next_cause is not None else None
    statements.save(order, *sorted(written), "updated_at")
    return order


def _take(order: Order, step: Step, by: str, why: str) -> set[str]:
    """Take a step in memory, and tell it; return the names of the fields that it changed."""
    source, order.status = order.status, step.target
    changes: dict[str, Any] = {}
    if source == S.PENDING:
        changes["next_check_at"] = None
    if step.text is not None:
        changes["failed_presentation_desc"] = step.text
    if step.moment is not None:
        changes[step.moment] = timezone.now()
    for name, value in changes.items():
        setattr(order, name, value)
    journal.write_step(order, source, step.cause.value, by=by, why=why)
    metrics.count_step(step.target)
    facts = {"order_id": order.pk, "from_status": source, "cause": step.cause.value}
    logger.info("order step", extra={**facts, "to_status": step.target, **({"by": by} if by else {})})
    return set(changes)


def _step(order: Order, cause: Cause) -> Step | None:
    now = timezone.now()
    for step in STEPS:
        if (
            step.cause is cause
            and order.status in step.sources
            and (not step.guard or step.guard(order, now))
        ):
            return step
    return None
