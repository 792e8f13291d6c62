"""The reconciliation that beat starts every day."""

import logging
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from payments.background.reconciliation.corrections import correct
from payments.background.reconciliation.reading import CannotReconcile, Reader

logger = logging.getLogger(__name__)


def reconcile() -> int:
    """Read the last RECONCILIATION_DAYS, correct what can be corrected; return the number of disagreements."""
    now = timezone.now()
    reader = Reader(now - timedelta(days=settings.RECONCILIATION_DAYS), now)
    try:
        found = list(reader.disagreements())
    except CannotReconcile:
        logger.exception("reconciliation broken off")
        return 0
    corrected = sum(map(correct, found)) if settings.RECONCILIATION_APPLIES else 0
    kinds = Counter(disagreement.kind for disagreement in found)
    facts = {"payments": reader.payments, "kinds": dict(kinds), "corrected": corrected}
    logger.log(logging.ERROR if found else logging.INFO, "reconciliation", extra=facts)
    return len(found)
