"""The order ids that the bank gets: short, and a new one for each attempt of the same order.

An OrderId is computed from the order's id, so that it can be asked about when the answer to Init was lost.
"""

import base64
import hashlib
import re
from typing import Final

ORDER_ID_LENGTH: Final = 36
"""The longest OrderId that the bank takes. Machines give UUIDs, which leave no room for the number of the attempt."""
_DIGEST_BYTES: Final = 15
"""24 characters of base 32."""


def order_id_of_attempt(order_id: str, number: int) -> str:
    """Return the OrderId of an attempt, at most 36 characters for any order id."""
    digest = hashlib.blake2s(order_id.encode(), digest_size=_DIGEST_BYTES).digest()
    return f"{base64.b32encode(digest).decode().lower()}-{number}"


def former_order_id_of_attempt(order_id: str, number: int) -> str:
    """Return the OrderId that an attempt got formerly: the order's id, with a suffix from the second on."""
    return order_id if number <= 1 else f"{order_id}-r{number}"


def is_order_id_of(bank_order_id: str, order_id: str) -> bool:
    """Return whether an OrderId, of the present or the former form, belongs to one of an order's attempts."""
    number = re.search(r"-r?([1-9][0-9]{0,8})\Z", bank_order_id)
    if number is None:
        return bank_order_id == order_id
    known = (order_id_of_attempt, former_order_id_of_attempt)
    return bank_order_id in (order_id, *(form(order_id, int(number[1])) for form in known))
