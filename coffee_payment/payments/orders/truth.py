"""The invariant of the money, as one query.

Every payment that a provider calls successful is, within PAYMENT_TRUTH_MINUTES, made or with staff, and the ledger
says so. Nothing else is made, and nothing twice. The query returns the orders for which that does not hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Subquery
from django.utils import timezone

from payments.models import JournalEntry, Order

BREACHES: Final[Mapping[str, str]] = {
    "lost": "a successful payment whose order is neither made nor with staff",
    "stuck_paid": "paid, and the make command was never claimed",
    "stuck_make": "the make command was claimed and nothing came of it",
    "stuck_pending": "expired, unpaid as far as known, and its provider is not asked",
    "not_asked": "the provider should have been asked about this payment and was not",
    "never_asked": "a payment ended without its provider ever being asked",
    "no_payment": "made or with staff, and the ledger has no successful payment",
    "made_twice": "more than one make command was sent",
    "paid_twice": "a second successful payment that no entry for staff tells of",
}
"""Kind of breach -> what it means."""

_QUERY: Final = """
    SELECT 'lost' AS kind, o.id AS order_id, p.transaction_id AS payment_id, p.updated_at AS since
    FROM payments_payment p JOIN payments_order o ON o.id = p.order_id
    WHERE p.status = 'successful'
      AND (%(since)s IS NULL OR (p.created_at >= %(since)s AND o.created_at >= %(before)s))
      AND o.status NOT IN ('paid', 'make_pending', 'make_failed', 'manual_make', 'successful')
    UNION ALL
    SELECT 'stuck_paid', o.id, o.payment_reference_id, o.updated_at
    FROM payments_order o WHERE o.status = 'paid' AND o.updated_at < %(limit)s
    UNION ALL
    SELECT 'stuck_make', o.id, o.payment_reference_id, o.make_claimed_at
    FROM payments_order o
    WHERE o.status = 'make_pending' AND o.make_claimed_at IS NOT NULL AND o.make_answered_at IS NULL
      AND o.make_claimed_at < %(limit)s
    UNION ALL
    SELECT 'stuck_pending', o.id, o.payment_reference_id, o.expires_at
    FROM payments_order o
    WHERE o.status = 'pending' AND o.expires_at < %(limit)s
      AND NOT EXISTS (SELECT 1 FROM payments_payment p WHERE p.order_id = o.id AND p.next_check_at IS NOT NULL)
      AND o.next_check_at IS NULL
    UNION ALL
    SELECT 'not_asked', p.order_id, p.transaction_id, p.next_check_at
    FROM payments_payment p WHERE p.next_check_at < %(limit)s
    UNION ALL
    SELECT 'never_asked', p.order_id, p.transaction_id, p.created_at
    FROM payments_payment p
    WHERE p.status = 'pending' AND p.transaction_id <> '' AND p.scenario IS NOT NULL
      AND p.next_check_at IS NULL AND p.provider_status IS NULL AND p.doubt IS NULL AND p.created_at < %(limit)s
      AND (%(since)s IS NULL OR p.created_at >= %(since)s)
    UNION ALL
    SELECT 'no_payment', o.id, o.payment_reference_id, o.updated_at
    FROM payments_order o
    WHERE o.status IN ('paid', 'make_pending', 'make_failed', 'manual_make', 'successful')
      AND (%(since)s IS NULL OR o.created_at >= %(since)s)
      AND NOT EXISTS (SELECT 1 FROM payments_payment p WHERE p.order_id = o.id AND p.status = 'successful'
                      AND (%(since)s IS NULL OR p.created_at >= %(before)s))
    UNION ALL
    SELECT 'made_twice', j.order_id, NULL, MIN(j.at)
    FROM payments_order o JOIN payments_journalentry j ON j.order_id = o.id
    WHERE j.kind = 'command' AND j.cause = 'sent'
      AND (%(since)s IS NULL OR (o.created_at >= %(since)s AND j.id >= %(entry)s))
    GROUP BY j.order_id HAVING COUNT(*) > 1
    UNION ALL
    SELECT 'paid_twice', p.order_id, p.transaction_id, p.updated_at
    FROM payments_payment p JOIN payments_order o ON o.id = p.order_id
    WHERE p.status = 'successful' AND p.transaction_id <> COALESCE(o.payment_reference_id, '')
      AND p.scenario IS NOT NULL AND p.doubt IS NULL AND p.closed_at IS NULL
      AND (%(since)s IS NULL OR (p.created_at >= %(since)s AND o.created_at >= %(before)s))
    ORDER BY 4, 1, 2
    LIMIT %(rows)s
"""
_SLACK: Final = timedelta(days=1)
"""How much earlier than its payment an order may have begun, at most."""


@dataclass(frozen=True)
class Breach:
    """One order for which the invariant does not hold."""

    kind: str
    order_id: str
    payment_id: str
    since: datetime

    def as_row(self) -> dict[str, Any]:
        """Return the breach with its times as text."""
        return {
            "kind": self.kind,
            "order_id": self.order_id,
            "payment_id": self.payment_id,
            "since": self.since.isoformat(timespec="seconds"),
        }


def breaches(rows: int = 1000, now: datetime | None = None, since: datetime | None = None) -> list[Breach]:
    """Return what breaks the invariant, oldest first, at most `rows` of it.

    With `since` only orders and payments that began later are read, through indexes; what is stuck is found anyway.
    Without it the tables are read whole.
    """
    limit = (now or timezone.now()) - timedelta(minutes=settings.PAYMENT_TRUTH_MINUTES)
    before = since - _SLACK if since is not None else None
    bounds: dict[str, Any] = {
        "limit": limit,
        "rows": rows,
        "since": since,
        "before": before,
        "entry": _first_entry(since),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, bounds)
        return [
            Breach(kind, order_id, payment_id or "", _moment(since))
            for kind, order_id, payment_id, since in cursor.fetchall()
        ]


def _first_entry(since: datetime | None) -> int:
    """Return the first entry of the journal that can be about an order which began at that time or later."""
    if since is None:
        return 0
    first = Order.objects.filter(created_at__gte=since).order_by("created_at").values("pk")[:1]
    entries = JournalEntry.objects.filter(order_id=Subquery(first))
    return entries.order_by("pk").values_list("pk", flat=True).first() or 0


def _moment(value: Any) -> datetime:
    """Return a time as the database gives it; SQLite gives text in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware: datetime = (
        moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())
    )
    return aware
