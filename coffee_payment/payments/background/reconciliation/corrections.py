"""Corrects what a reconciliation found: the provider is asked again, and its answer goes the usual way."""

import logging
from typing import Final

from django.db import transaction

from payments.background.reconciliation.disagreements import CORRECTABLE, Disagreement
from payments.models import MerchantCredentials, Order
from payments.orders import journal, ledger, payment_results, states
from payments.outgoing.errors import ProviderError
from payments.providers.credentials import require_credentials
from payments.providers.payment import PaymentState
from payments.providers.registry import PROVIDERS

logger = logging.getLogger(__name__)

_CAUSE: Final = "reconciled"


def correct(disagreement: Disagreement) -> bool:
    """Correct one disagreement; return False when only a person can, or when the provider does not answer."""
    if disagreement.kind not in CORRECTABLE:
        return False
    order = Order.objects.select_related("device").filter(pk=disagreement.order_id).first()
    row = MerchantCredentials.objects.filter(
        merchant_id=disagreement.merchant_id, scenario=disagreement.scenario
    ).first()
    provider = PROVIDERS.get(disagreement.scenario)
    if order is None or provider is None:
        return False
    try:
        answer = provider.fetch(require_credentials(row), disagreement.payment_id)
    except ProviderError as error:
        logger.warning("not corrected", extra={"order_id": order.pk, "reason": str(error)})
        return False

    def note() -> None:
        journal.write(
            order.pk,
            journal.Kind.LEDGER,
            _CAUSE,
            payment_id=answer.payment_id,
            detail={"kind": disagreement.kind},
        )

    is_ours = provider.owns_order_id(answer.order_id, order.pk)
    if not is_ours or not payment_results.pays_for(answer, order):
        payment_results.differs(order, answer, note=note)
    elif answer.state is PaymentState.SUCCEEDED:
        payment_results.apply(provider, order, answer, note=note)
    if answer.is_refunded:
        with transaction.atomic():
            locked = states.lock(order.pk)
            if locked is not None:
                ledger.record_refund(locked, answer)
    return True
