"""The make command: sent at most once for an order, by the process that claimed it.

The order keeps the evidence: when the command was claimed, when it was sent, when and what was answered. Each is
committed before the next begins, so what is missing after a process died says how far it came.
"""

import logging
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from payments import metrics, statements
from payments.models import JournalEntry, Order
from payments.orders import journal, states
from payments.orders.states import Cause
from payments.outgoing import tmetr
from payments.outgoing.errors import ProviderError

logger = logging.getLogger(__name__)

_ANSWER_LENGTH: Final = 255


def send(order: Order, paid_at: datetime) -> None:
    """Send the make command that this process claimed (`device` loaded), outside of transactions.

    Only the process that took the step `MAKE_CLAIMED` may. If it dies before the answer, the order stays in
    `make_pending`: the command is not repeated, and `background.claims` hands the order to staff. `paid_at` is when
    the customer paid.
    """
    if not _begin_sending(order):
        return
    try:
        answer = tmetr.send_make_command(order)
    except ProviderError as error:
        logger.warning("make command failed", extra={"order_id": order.pk, "reason": str(error)})
        cause = Cause.MAKE_UNSURE if error.may_have_acted else Cause.MAKE_ERROR
        _store(order, f"{type(error).__name__}: {error}", cause)
        return
    _store(order, answer.status or "ok", Cause.MAKE_DONE if answer.is_made else None)
    metrics.observe_made((timezone.now() - paid_at).total_seconds())


def _begin_sending(order: Order) -> bool:
    """Return whether the command may go out; False when the order was handed to staff as not sent meanwhile."""
    now = timezone.now()
    claimed = {"id": order.pk, "status": Order.Status.MAKE_PENDING, "make_sent_at": None}
    sent = journal.entry_of(order.pk, journal.Kind.COMMAND, journal.SENT)
    return bool(statements.update(Order, claimed, {"make_sent_at": now, "updated_at": now}, then=sent))


def _store(order: Order, answer: str, cause: Cause | None) -> None:
    evidence: dict[str, Any] = {"make_answered_at": timezone.now(), "make_answer": answer[:_ANSWER_LENGTH]}
    answered = journal.entry_of(
        order.pk, journal.Kind.COMMAND, "answered", detail={"answer": evidence["make_answer"]}
    )
    if cause is None:
        _store_evidence(order, evidence, answered)
        return
    with transaction.atomic():
        locked = states.lock(order.pk)
        if locked is None or states.change_locked(locked, cause, **evidence) is None:
            _store_evidence(order, evidence, answered)
        else:
            statements.insert(answered)


def _store_evidence(order: Order, evidence: dict[str, Any], answered: JournalEntry) -> None:
    statements.update(Order, {"id": order.pk}, {**evidence, "updated_at": timezone.now()}, then=answered)
