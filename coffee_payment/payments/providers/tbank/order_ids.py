"""The order ids that the bank gets: it wants a new one for each attempt of the same order."""

import re
from typing import Final

ORDER_ID_LENGTH: Final = 36


def order_id_of_attempt(order_id: str, number: int) -> str:
    """Return the OrderId of an attempt: the order's own id for the first, with a suffix for later ones."""
    return order_id if number <= 1 else f"{order_id}-r{number}"


def is_order_id_of(bank_order_id: str, order_id: str) -> bool:
    """Return whether an OrderId belongs to one of an order's attempts."""
    return bank_order_id == order_id or bool(
        re.fullmatch(re.escape(order_id) + r"-r[1-9][0-9]{0,8}", bank_order_id)
    )
