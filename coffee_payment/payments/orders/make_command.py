"""The make command: sent at most once for an order, by the process that claimed it."""

import logging

from payments.models import Order
from payments.orders import states
from payments.orders.states import Cause
from payments.outgoing import tmetr
from payments.outgoing.errors import ProviderError

logger = logging.getLogger(__name__)


def make(order: Order) -> None:
    """Send the make command of a paid order (`device` loaded), unless another process claimed it.

    Call it outside of transactions. A process that dies between claim and answer leaves the order in
    `make_pending`: the machine may have got the command, so it is not repeated and staff decides.
    """
    if states.change(order.pk, Cause.MAKE_CLAIMED) is None:
        return
    try:
        made = tmetr.send_make_command(order)
    except ProviderError as error:
        logger.warning("make command failed", extra={"order_id": order.pk, "reason": str(error)})
        states.change(order.pk, Cause.MAKE_ERROR)
        return
    if made:
        states.change(order.pk, Cause.MAKE_DONE)
