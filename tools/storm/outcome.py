"""What the providers say at the end, against orders, ledger and journal."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from payments.background.reconciliation.corrections import correct
from payments.background.reconciliation.reading import Reader
from payments.models import JournalEntry, Order, Payment
from payments.orders import journal
from payments.orders.payment_results import MONEY_TAKEN
from payments.orders.truth import breaches

from tools.storm.run import Storm

MADE: Final = ("make_pending", "successful")
PAID_WORDS: Final = ("succeeded", "CONFIRMED")
WITH_STAFF: Final = ("manual_make", "make_failed")


@dataclass
class Outcome:
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
    reconciliation: Counter[str] = field(default_factory=Counter)
    """What a reconciliation finds before it corrects."""
    reconciliation_after: list[str] = field(default_factory=list)
    too_old: list[str] = field(default_factory=list)
    oldest_seconds: float = 0.0
    """The longest time from a payment to the step that acted on it."""

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
            "too_old",
            "reconciliation_after",
        )
        return {name: getattr(self, name) for name in names}

    @property
    def holds(self) -> bool:
        """Whether the invariant holds."""
        return not any(self.broken.values())


def compare(storm: Storm) -> Outcome:
    """Compare, then reconcile: first only told, then corrected, then told again."""
    outcome = Outcome()
    orders = {order.pk: order for order in Order.objects.all()}
    _compare_payments(storm, outcome, orders)
    _compare_commands(storm, outcome, orders)
    _compare_journal(outcome, orders)
    outcome.breaches = [f"{breach.kind} {breach.order_id}" for breach in breaches()]
    found = _reconciled()
    outcome.reconciliation = Counter(f"{each.scenario}: {each.kind}" for each in found)
    for each in found:
        correct(each)
    outcome.reconciliation_after = [f"{each.kind} {each.order_id}" for each in _reconciled()]
    return outcome


def _compare_payments(storm: Storm, outcome: Outcome, orders: dict[str, Order]) -> None:
    ledger = {row.transaction_id: row for row in Payment.objects.exclude(transaction_id="")}
    steps, answers = _times_of_steps(), _times_of_answers()
    for payment_id in storm.customers.paid_at:
        row = ledger.get(payment_id)
        order = orders.get(row.order_id) if row is not None else None
        outcome.paid += 1
        if row is None or order is None or order.status not in MONEY_TAKEN:
            outcome.lost.append(f"{payment_id} {row.order_id if row else '-'}")
            continue
        if row.status != "successful":
            outcome.ledger.append(f"{payment_id} {row.status}")
        if order.payment_reference_id == payment_id:
            outcome.made += order.status in MADE
            outcome.with_staff += order.status in WITH_STAFF
            _compare_age(storm, outcome, payment_id, steps.get(order.pk))
        elif row.doubt == "paid_twice":
            outcome.paid_twice += 1
            _compare_age(storm, outcome, payment_id, answers.get(payment_id))
        else:
            outcome.ledger.append(f"{payment_id} is a second payment that nobody sees")
    outcome.stuck = [
        f"{order.pk} {order.status}"
        for order in orders.values()
        if order.status in ("paid", "pending")
        or (order.status == "make_pending" and order.make_answered_at is None)
    ]


def _compare_age(storm: Storm, outcome: Outcome, payment_id: str, acted_at: float | None) -> None:
    """Note how long a payment was open; one that was never acted on is told as such elsewhere."""
    paid_at = storm.customers.paid_at[payment_id]
    seconds = _between(storm, paid_at, acted_at or paid_at)
    outcome.oldest_seconds = max(outcome.oldest_seconds, seconds)
    if seconds > settings.PAYMENT_TRUTH_MINUTES * 60:
        outcome.too_old.append(f"{payment_id} {seconds:.0f} s")


def _compare_commands(storm: Storm, outcome: Outcome, orders: dict[str, Order]) -> None:
    made = Counter(str(command["orderUuid"]) for command in storm.tmetr.commands)
    outcome.made_twice = [order for order, count in made.items() if count > 1]
    paid: set[Any] = set()
    for provider, word in ((storm.yookassa, "status"), (storm.tbank, "Status")):
        done = [key for key, payment in provider.payments.items() if payment[word] in PAID_WORDS]
        paid.update(Payment.objects.filter(transaction_id__in=done).values_list("order_id", flat=True))
    outcome.made_unpaid = [order for order in made if order not in paid]
    outcome.made_unpaid += [
        order.pk for order in orders.values() if order.status in MONEY_TAKEN and order.pk not in paid
    ]


def _compare_journal(outcome: Outcome, orders: dict[str, Order]) -> None:
    for order in orders.values():
        try:
            status = journal.replayed_status(journal.history(order.pk))
        except journal.BrokenHistory as problem:
            outcome.journal.append(f"{order.pk}: {problem}")
            continue
        if status != order.status:
            outcome.journal.append(f"{order.pk}: {status}, not {order.status}")


def _times_of_answers() -> dict[str, float]:
    """Return when each payment's success was first told by its provider."""
    entries = JournalEntry.objects.filter(cause="answer", detail__status__in=PAID_WORDS).order_by("-pk")
    return {payment: at.timestamp() for payment, at in entries.values_list("payment_id", "at") if payment}


def _times_of_steps() -> dict[str, float]:
    """Return when each order was paid or handed to staff."""
    entries = JournalEntry.objects.filter(to_status__in=("paid", "manual_make")).order_by("-pk")
    return {order: at.timestamp() for order, at in entries.values_list("order_id", "at")}


def _between(storm: Storm, begin: float, end: float) -> float:
    """Return the seconds from one time to another, with those that were passed over."""
    return end - begin + sum(seconds for at, seconds in storm.shifts if begin < at < end)


def _reconciled() -> list[Any]:
    now = timezone.now()
    return list(Reader(now - timedelta(days=1), now + timedelta(hours=1)).disagreements())
