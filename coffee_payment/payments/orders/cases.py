"""The cases for staff: paid and not made, make in doubt, paid twice, payments in doubt."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from payments.models import Order, StaffCase
from payments.orders import journal, states
from payments.orders.words import case_of, doubt_of

WITH_STAFF = (Order.Status.MANUAL_MAKE, Order.Status.MAKE_FAILED)


def open_cases() -> QuerySet[StaffCase]:
    """Return the open cases; each part reads an index of its own."""
    payments = StaffCase.objects.filter(closed_at__isnull=True)
    unmade = payments.filter(
        order__status__in=WITH_STAFF,
        status=StaffCase.Status.SUCCESSFUL,
        transaction_id=F("order__payment_reference_id"),
    )
    doubted = payments.filter(doubt__isnull=False)
    ids = unmade.values("pk").union(doubted.values("pk"))
    return StaffCase.objects.filter(pk__in=ids)


def reason_of(case: StaffCase) -> str:
    """Return why staff has to look at a case, in words (`order` loaded)."""
    parts = [doubt_of(case)] if case.doubt else []
    is_current = case.order.payment_reference_id == case.transaction_id
    if case.order.status in WITH_STAFF and case.status == StaffCase.Status.SUCCESSFUL and is_current:
        parts.append(case_of(case.order))
    return "; ".join(parts)


def close(case: StaffCase, by: str, why: str) -> bool:
    """End a case: the money went back, or nothing is owed. Return False when it has ended already."""
    with transaction.atomic():
        if states.lock(case.order_id) is None:
            return False
        now = timezone.now()
        still_open = StaffCase.objects.filter(pk=case.pk, closed_at__isnull=True)
        if not still_open.update(closed_at=now, updated_at=now):
            return False
        journal.write(
            case.order_id,
            journal.Kind.STAFF,
            "closed",
            payment_id=case.transaction_id,
            actor=by,
            detail={"why": why, "case": reason_of(case)},
        )
    return True
