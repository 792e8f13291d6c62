"""The reconciliation that beat starts every day."""

import logging
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from payments import metrics
from payments.background.reconciliation.corrections import correct
from payments.background.reconciliation.reading import CannotReconcile, Reader
from payments.orders.truth import breaches

logger = logging.getLogger(__name__)


def reconcile() -> int:
    """Read the last RECONCILIATION_DAYS and the whole invariant, correct what can be corrected if so set.

    Return the number of disagreements and breaches.
    """
    now = timezone.now()
    reader = Reader(now - timedelta(days=settings.RECONCILIATION_DAYS), now)
    try:
        found = list(reader.disagreements())
    except CannotReconcile:
        logger.exception("reconciliation broken off")
        metrics.count_reconciliation("broken_off")
        return 0
    corrected = sum(map(correct, found)) if settings.RECONCILIATION_APPLIES else 0
    kinds = Counter(each.kind for each in found) + Counter(breach.kind for breach in breaches())
    for kind, number in kinds.items():
        metrics.count_disagreements(kind, number)
    metrics.count_reconciliation("completed")
    facts = {"payments": reader.payments, "kinds": dict(kinds), "corrected": corrected}
    logger.log(logging.ERROR if kinds else logging.INFO, "reconciliation", extra=facts)
    return kinds.total()
