"""The ledger of attempts: what the provider last said about each, and when it is asked again.

Each attempt is asked about until its provider's answer is final, whatever became of its order: a customer may pay
on a page that is still open after the order has ended. The time between two questions grows with the age of the
attempt, up to a third of PAYMENT_TRUTH_MINUTES, within which every success has to be acted on: the rest is for errors.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from payments import statements
from payments.models import Order, Payment
from payments.orders import journal
from payments.providers.base import Provider
from payments.providers.payment import FetchedPayment, PaymentState

FIRST_CHECK_SECONDS: Final = 60
_AGE_DIVISOR: Final = 4
"""The next question comes after a fourth of the attempt's age."""
_DIFFERENCE_PATIENCE: Final = timedelta(hours=1)
"""How long a success that does not match its order is asked about: afterwards only staff can tell."""
_WORD_LENGTH: Final = 50
_RECORDED: Final = ("provider_status", "last_check_at", "doubt", "next_check_at", "updated_at")
"""What every answer may change."""


def next_check(started: datetime, now: datetime, *, soon: bool = False) -> datetime | None:
    """Return when to ask about an attempt again; None when it is too old for its provider to change it.

    With `soon` the last answer could not be used.
    """
    age = (now - started).total_seconds()
    if age > settings.PAYMENT_FOLLOW_UP_HOURS * 3600:
        return None
    longest = _longest_seconds()
    if soon:
        return now + timedelta(seconds=min(FIRST_CHECK_SECONDS, longest / 4))
    return now + timedelta(seconds=min(max(age / _AGE_DIVISOR, FIRST_CHECK_SECONDS), longest))


def _longest_seconds() -> float:
    return settings.PAYMENT_TRUTH_MINUTES * 60 / 3


def first_check(order: Order, now: datetime) -> datetime:
    """Return when to ask about an attempt that starts now: at the order's end at the latest."""
    soon = now + timedelta(seconds=min(FIRST_CHECK_SECONDS, _longest_seconds()))
    return min(soon, order.expires_at + timedelta(seconds=1)) if order.expires_at else soon


_ATTEMPT: Final = statements.Read(
    lambda order, payment: Payment.objects.filter(order_id=order, transaction_id=payment).order_by("pk")[:1]
)


def attempt_of(order: Order, payment_id: str) -> Payment | None:
    """Return an order's attempt with a provider's payment id."""
    attempt = _ATTEMPT.first(order.pk, payment_id) if payment_id else None
    if attempt is not None:
        attempt.order = order
    return attempt


def scenario_of(order: Order, payment_id: str) -> str:
    """Return the scenario that one of an order's payments was started with (`device` loaded).

    An unknown payment may be that of an attempt whose process died before it stored the id.
    """
    if payment_id == order.payment_reference_id:
        return order.scenario
    attempts = order.payments.filter(transaction_id__in=(payment_id, ""), scenario__isnull=False)
    attempt = attempts.order_by("-transaction_id", "-created_at").first()
    return attempt.scenario if attempt is not None and attempt.scenario else order.scenario


def record(provider: Provider, order: Order, answer: FetchedPayment) -> Payment | None:
    """Store what the provider says about an attempt, with the order's row locked; return the attempt.

    A success may belong to an attempt without a payment id: its process died before it stored the id. Success stays.
    """
    successful = answer.state is PaymentState.SUCCEEDED
    attempt = attempt_of(order, answer.payment_id)
    if attempt is None and successful:
        attempt = order.payments.filter(transaction_id="").order_by("-created_at").first()
        if attempt is None:
            attempt = Payment(order=order, merchant_id=order.merchant_id, amount=order.price)
        attempt.transaction_id = answer.payment_id
    if attempt is None:
        return None
    now = timezone.now()
    if (attempt.provider_status, attempt.status) != (answer.raw_status[:_WORD_LENGTH], _status(answer)):
        _tell(order, answer, attempt)
    if successful:
        attempt.status = Payment.Status.SUCCESSFUL
    elif attempt.status != Payment.Status.SUCCESSFUL and answer.state is PaymentState.CANCELED:
        attempt.status = Payment.Status.FAILED
    attempt.provider_status = answer.raw_status[:_WORD_LENGTH]
    attempt.last_check_at = now
    attempt.scenario = attempt.scenario or provider.scenario
    if attempt.doubt != Payment.Doubt.PAID_TWICE:
        attempt.doubt = None
    settled = answer.is_final or attempt.status == Payment.Status.SUCCESSFUL
    attempt.next_check_at = None if settled else next_check(attempt.created_at, now)
    if attempt._state.adding:
        statements.insert(attempt)
    else:
        statements.save(attempt, *_RECORDED, "transaction_id", "status", "scenario")
    if answer.state in (PaymentState.SUCCEEDED, PaymentState.CANCELED):
        provider.update_ledger(order, answer, successful=attempt.status == Payment.Status.SUCCESSFUL)
    return attempt


def record_difference(order: Order, answer: FetchedPayment) -> None:
    """Store that an answer does not match its order, with the order's row locked: a success then goes to staff."""
    attempt = attempt_of(order, answer.payment_id)
    if attempt is None or attempt.status == Payment.Status.SUCCESSFUL:
        return
    now = timezone.now()
    if attempt.doubt != Payment.Doubt.DIFFERS:
        _tell(order, answer, attempt, differs=True)
    attempt.provider_status = answer.raw_status[:_WORD_LENGTH]
    attempt.last_check_at = now
    if answer.state is PaymentState.SUCCEEDED:
        attempt.doubt = Payment.Doubt.DIFFERS
    old = answer.is_final and now - attempt.created_at > _DIFFERENCE_PATIENCE
    attempt.next_check_at = None if old else next_check(attempt.created_at, now, soon=True)
    statements.save(attempt, *_RECORDED)


def record_error(order: Order, payment_id: str, reason: str) -> Payment | None:
    """Store that the provider did not answer, with the order's row locked.

    The last question of all without an answer leaves the attempt to staff.
    """
    attempt = attempt_of(order, payment_id)
    if attempt is None or attempt.status == Payment.Status.SUCCESSFUL:
        return None
    journal.write(order.pk, journal.Kind.CALL, "no answer", payment_id=payment_id, detail={"reason": reason})
    attempt.next_check_at = next_check(attempt.created_at, timezone.now(), soon=True)
    if attempt.next_check_at is None and attempt.doubt is None:
        attempt.doubt = Payment.Doubt.NO_ANSWER
    attempt.save(update_fields=["next_check_at", "doubt", "updated_at"])
    return attempt


def record_refund(order: Order, answer: FetchedPayment) -> None:
    """Store that money went back to the customer, with the order's row locked: it ends the payment's case."""
    attempt = attempt_of(order, answer.payment_id)
    if attempt is None or _knows_refund(attempt, answer):
        return
    amount = answer.refunded if answer.refunded is not None else attempt.amount
    attempt.refunded_amount = amount
    attempt.provider_status = answer.raw_status[:_WORD_LENGTH]
    attempt.closed_at = attempt.closed_at or timezone.now()
    attempt.next_check_at = None
    attempt.save()
    detail = {"status": attempt.provider_status, "amount": str(amount)}
    journal.write(order.pk, journal.Kind.LEDGER, "refunded", payment_id=answer.payment_id, detail=detail)


def _knows_refund(attempt: Payment, answer: FetchedPayment) -> bool:
    """Return whether the ledger has a refund as the provider tells it, which may leave out the amount."""
    known = attempt.refunded_amount
    return known is not None and answer.refunded in (None, known)


def refund_is_new(attempt: Payment | None, answer: FetchedPayment) -> bool:
    """Return whether the provider tells a refund that the ledger does not have."""
    return answer.is_refunded and attempt is not None and not _knows_refund(attempt, answer)


def _status(answer: FetchedPayment) -> str | None:
    """Return the status that an answer gives an attempt."""
    return {
        PaymentState.SUCCEEDED: Payment.Status.SUCCESSFUL,
        PaymentState.CANCELED: Payment.Status.FAILED,
    }.get(answer.state)


def _tell(order: Order, answer: FetchedPayment, attempt: Payment, *, differs: bool = False) -> None:
    detail: dict[str, Any] = {"scenario": attempt.scenario, "status": answer.raw_status[:_WORD_LENGTH]}
    if differs:
        detail |= {
            "differs": True,
            "amount": str(answer.amount)[:_WORD_LENGTH],
            "currency": answer.currency[:_WORD_LENGTH],
        }
    journal.write(order.pk, journal.Kind.CALL, "answer", payment_id=answer.payment_id, detail=detail)


def mark_paid_twice(attempt: Payment) -> None:
    """Store that an order had been paid before this success: the money has to go back."""
    attempt.doubt = Payment.Doubt.PAID_TWICE
    attempt.save(update_fields=["doubt", "updated_at"])
