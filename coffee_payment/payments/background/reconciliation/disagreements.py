"""What a provider says about a payment, compared with its order and the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from payments.models import Order, Payment
from payments.orders import ledger, payment_results
from payments.providers.base import Provider
from payments.providers.payment import FetchedPayment, PaymentState

KINDS: Final[Mapping[str, str]] = {
    "no_order": "a payment that names no order of ours",
    "not_in_ledger": "paid, and the ledger does not say so",
    "order_unpaid": "paid, and the order is neither made nor with staff",
    "paid_twice": "a second payment of its order, and no entry for staff says so",
    "differs": "amount, currency or order differs, and no entry for staff says so",
    "unknown_status": "a status that this server does not know",
    "refunded": "money went back, and the ledger does not say so",
    "not_paid_there": "the ledger says paid, the provider does not",
    "not_there": "the ledger says paid, and the provider does not know the payment",
}
"""Kind of disagreement -> what it means."""
CORRECTABLE: Final = frozenset({"not_in_ledger", "order_unpaid", "paid_twice", "differs", "refunded"})


@dataclass(frozen=True)
class Disagreement:
    """One payment about which the provider and this server do not agree."""

    kind: str
    payment_id: str
    order_id: str
    provider_status: str
    kopecks: str
    merchant_id: str
    scenario: str

    def as_row(self) -> dict[str, str]:
        """Return the fields that are printed."""
        return {
            "kind": self.kind,
            "order_id": self.order_id,
            "payment_id": self.payment_id,
            "provider": self.provider_status,
            "kopecks": self.kopecks,
        }


@dataclass(frozen=True)
class Account:
    """The credentials with which one provider is asked."""

    provider: Provider
    credentials: Mapping[str, Any]
    merchant_id: str
    merchants: set[str] = field(default_factory=set)
    """All merchants that use the account."""
    scenarios: set[str] = field(default_factory=set)
    """All scenarios for which they use it."""

    def disagreement(
        self, kind: str, payment_id: str, order_id: str, answer: FetchedPayment | None = None
    ) -> Disagreement:
        """Return a disagreement about a payment of this account."""
        return Disagreement(
            kind=kind,
            payment_id=payment_id,
            order_id=order_id,
            provider_status=answer.raw_status[:50] if answer else "-",
            kopecks=f"{answer.amount:.0f}" if answer and answer.amount is not None else "-",
            merchant_id=self.merchant_id,
            scenario=self.provider.scenario,
        )


def compare(
    account: Account, answers: Iterable[FetchedPayment], asked: Order | None = None
) -> list[Disagreement]:
    """Return the disagreements of a page of payments; three queries, whatever its length.

    `asked` is the order whose payments these are, if they were asked for by their order.
    """
    page = list(answers)
    ids = [answer.payment_id for answer in page]
    attempts = {
        attempt.transaction_id: attempt
        for attempt in Payment.objects.select_related("order").filter(transaction_id__in=ids)
    }
    named = {answer.order_id for answer in page if answer.order_id}
    orders = Order.objects.in_bulk(list(named))
    found = []
    for answer in page:
        attempt = attempts.get(answer.payment_id)
        order = attempt.order if attempt is not None else asked or orders.get(answer.order_id)
        kind = _kind(account.provider, answer, order, attempt)
        if kind is not None:
            order_id = order.pk if order is not None else answer.order_id
            found.append(account.disagreement(kind, answer.payment_id, order_id, answer))
    return found


def ledger_says_paid(account: Account, since: datetime, until: datetime) -> QuerySet[Payment]:
    """Return the ledger's successful payments of an account, by the time of their start."""
    return Payment.objects.filter(
        Q(scenario__in=account.scenarios)
        | Q(scenario__isnull=True, order__device__payment_scenario__in=account.scenarios),
        merchant_id__in=account.merchants,
        status=Payment.Status.SUCCESSFUL,
        created_at__gte=since,
        created_at__lt=until,
    ).exclude(transaction_id="")


def _kind(  # noqa: PLR0911 - one for each kind
    provider: Provider, answer: FetchedPayment, order: Order | None, attempt: Payment | None
) -> str | None:
    succeeded = answer.state is PaymentState.SUCCEEDED
    if order is None:
        return "no_order" if succeeded or answer.is_refunded else None
    if ledger.refund_is_new(attempt, answer) and not _is_young(answer):
        return "refunded"
    if answer.state is PaymentState.OTHER and not answer.is_refunded:
        return "unknown_status"
    if not succeeded:
        return _kind_of_unpaid(answer, attempt)
    if _is_young(answer):
        return None
    if not provider.owns_order_id(answer.order_id, order.pk) or not payment_results.pays_for(answer, order):
        return None if attempt is not None and attempt.doubt else "differs"
    if attempt is None or attempt.status != Payment.Status.SUCCESSFUL:
        return "not_in_ledger"
    if order.status not in payment_results.MONEY_TAKEN:
        return "order_unpaid"
    if order.payment_reference_id != answer.payment_id and not attempt.doubt and not attempt.closed_at:
        return "paid_twice"
    return None


def _kind_of_unpaid(answer: FetchedPayment, attempt: Payment | None) -> str | None:
    """Return the kind for a payment that the provider does not call successful."""
    if attempt is None or attempt.status != Payment.Status.SUCCESSFUL or answer.is_refunded:
        return None
    return "not_paid_there"


def _is_young(answer: FetchedPayment) -> bool:
    """Return whether the payment may still be under way here."""
    grace = timedelta(minutes=settings.PAYMENT_TRUTH_MINUTES)
    return answer.succeeded_at is not None and timezone.now() - answer.succeeded_at < grace
