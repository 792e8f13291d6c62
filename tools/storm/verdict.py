"""The provider's truth against orders, ledger and journal."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from payments.background.reconciliation.corrections import correct
from payments.background.reconciliation.reading import Reader
from payments.models import JournalEntry, Order, Payment
from payments.orders import journal
from payments.orders.payment_results import MONEY_TAKEN
from payments.orders.truth import breaches

from tools.storm.run import Storm

MADE: Final = ("make_pending", "successful")
WITH_STAFF: Final = ("manual_make", "make_failed")


@dataclass
class Verdict:
    """What the storm has left behind."""

    paid: int = 0
    made: int = 0
    with_staff: int = 0
    paid_twice: int = 0
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    made_unpaid: list[str] = field(default_factory=list)
    made_twice: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    reconciliation: list[str] = field(default_factory=list)
    reconciliation_after: list[str] = field(default_factory=list)
    oldest_seconds: float = 0.0

    @property
    def broken(self) -> dict[str, list[str]]:
        """What must be empty."""
        names = (
            "lost",
            "stuck",
            "made_unpaid",
            "made_twice",
            "ledger",
            "journal",
            "breaches",
            "reconciliation_after",
        )
        return {name: getattr(self, name) for name in names}

    @property
    def holds(self) -> bool:
        """Whether the invariant holds."""
        return not any(self.broken.values())


def judge(storm: Storm) -> Verdict:
    """Compare, then reconcile: first only told, then corrected, then told again."""
    verdict = Verdict()
    orders = {order.pk: order for order in Order.objects.all()}
    _judge_payments(storm, verdict, orders)
    _judge_commands(storm, verdict, orders)
    _judge_journal(verdict, orders)
    verdict.breaches = [f"{breach.kind} {breach.order_id}" for breach in breaches()]
    found = _reconciled()
    verdict.reconciliation = [f"{each.kind} {each.order_id}" for each in found]
    for each in found:
        correct(each)
    verdict.reconciliation_after = [f"{each.kind} {each.order_id}" for each in _reconciled()]
    return verdict


def _judge_payments(storm: Storm, verdict: Verdict, orders: dict[str, Order]) -> None:
    ledger = {row.transaction_id: row for row in Payment.objects.exclude(transaction_id="")}
    acted = _times_of_acting()
    for payment_id, paid_at in storm.crowd.paid_at.items():
        row = ledger.get(payment_id)
        order = orders.get(row.order_id) if row is not None else None
        verdict.paid += 1
        if row is None or order is None or order.status not in MONEY_TAKEN:
            verdict.lost.append(f"{payment_id} {row.order_id if row else '-'}")
            continue
        if row.status != "successful":
            verdict.ledger.append(f"{payment_id} {row.status}")
        if order.payment_reference_id == payment_id:
            verdict.made += order.status in MADE
            verdict.with_staff += order.status in WITH_STAFF
            seconds = _between(storm, paid_at, acted.get(order.pk, paid_at))
            verdict.oldest_seconds = max(verdict.oldest_seconds, seconds)
        elif row.doubt == "paid_twice":
            verdict.paid_twice += 1
        else:
            verdict.ledger.append(f"{payment_id} is a second payment that nobody sees")
    verdict.stuck = [
        f"{order.pk} {order.status}"
        for order in orders.values()
        if order.status in ("paid", "pending")
        or (order.status == "make_pending" and order.make_answered_at is None)
    ]


def _judge_commands(storm: Storm, verdict: Verdict, orders: dict[str, Order]) -> None:
    made = Counter(str(command["orderUuid"]) for command in storm.tmetr.commands)
    verdict.made_twice = [order for order, count in made.items() if count > 1]
    paid: set[Any] = set()
    for provider, word in ((storm.yookassa, "status"), (storm.tbank, "Status")):
        done = [
            key for key, payment in provider.payments.items() if payment[word] in ("succeeded", "CONFIRMED")
        ]
        paid.update(Payment.objects.filter(transaction_id__in=done).values_list("order_id", flat=True))
    verdict.made_unpaid = [order for order in made if order not in paid]
    verdict.made_unpaid += [
        order.pk for order in orders.values() if order.status in MONEY_TAKEN and order.pk not in paid
    ]


def _judge_journal(verdict: Verdict, orders: dict[str, Order]) -> None:
    for order in orders.values():
        try:
            status = journal.replayed_status(journal.history(order.pk))
        except journal.BrokenHistory as problem:
            verdict.journal.append(f"{order.pk}: {problem}")
            continue
        if status != order.status:
            verdict.journal.append(f"{order.pk}: {status}, not {order.status}")


def _times_of_acting() -> dict[str, float]:
    """Return when each order was paid or handed to staff."""
    entries = JournalEntry.objects.filter(to_status__in=("paid", "manual_make")).order_by("-pk")
    return {order: at.timestamp() for order, at in entries.values_list("order_id", "at")}


def _between(storm: Storm, begin: float, end: float) -> float:
    """Return the seconds from one time to another, with those that were passed over."""
    return end - begin + sum(seconds for at, seconds in storm.shifts if begin < at < end)


def _reconciled() -> list[Any]:
    now = timezone.now()
    return list(Reader(now - timedelta(days=1), now + timedelta(hours=1)).disagreements())
