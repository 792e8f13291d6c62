"""The journal: what happened to each order, written in the transaction of the change that it tells.

Entries are only added. Of a notification the names of its fields and a digest are kept, never a value; of a
provider's call its answer in a few words. An answer that changes nothing and is like the one before is not written.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from payments import request_id, statements
from payments.models import JournalEntry, Order

Kind = JournalEntry.Kind
SENT: Final = "sent"
"""Cause of the entry that is committed just before the make command goes out."""
_CAUSE_LENGTH: Final = 255
_NAME_LENGTH: Final = 50
_NAMES: Final = 50
_held: ContextVar[list[JournalEntry] | None] = ContextVar("held entries", default=None)


class BrokenHistory(Exception):  # noqa: N818 - what the journal shows, not a fault of the reader
    """The steps of an order do not follow each other."""


@contextmanager
def together() -> Iterator[None]:
    """Write the entries of the body with one statement, at its end. Use it within the transaction."""
    held: list[JournalEntry] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    if held:
        statements.insert(*held)


def write(order_id: str, kind: str, cause: str, **values: Any) -> JournalEntry:
    """Add one entry. `values` are further fields of `JournalEntry`."""
    entry = entry_of(order_id, kind, cause, **values)
    held = _held.get()
    if held is None:
        statements.insert(entry)
    else:
        held.append(entry)
    return entry


def entry_of(order_id: str, kind: str, cause: str, **values: Any) -> JournalEntry:
    """Return an entry that is to be added with the change that it tells."""
    return JournalEntry(
        order_id=order_id,
        kind=kind,
        cause=cause[:_CAUSE_LENGTH],
        request_id=request_id.current() or None,
        **values,
    )


def write_step(order: Order, source: str, cause: str, *, by: str = "", why: str = "") -> None:
    """Add the entry of a change of status; `by` and `why` are the member of staff and the reason given."""
    write(
        order.pk,
        Kind.STAFF if by else Kind.STEP,
        cause,
        from_status=source,
        to_status=order.status,
        payment_id=order.payment_reference_id,
        actor=by or None,
        detail={"why": why} if why else None,
    )


def write_notification(order_id: str, payment_id: str, body: Mapping[str, Any]) -> None:
    """Add the entry of a notification: the names of its fields and a digest of it."""
    text = json.dumps(body, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
    names = sorted(str(name)[:_NAME_LENGTH] for name in body)[:_NAMES]
    detail = {"fields": [_storable(name) for name in names], "sha256": hashlib.sha256(text).hexdigest()}
    write(order_id, Kind.NOTIFICATION, "notification", payment_id=payment_id, detail=detail)


def history(order_id: str) -> list[JournalEntry]:
    """Return an order's entries, oldest first."""
    return list(JournalEntry.objects.filter(order_id=order_id).order_by("pk"))


def replayed_status(entries: Iterable[JournalEntry]) -> str | None:
    """Return the status to which the steps lead; None without a step. Raises `BrokenHistory`."""
    status: str | None = None
    for entry in entries:
        if entry.to_status is None:
            continue
        if status is not None and entry.from_status != status:
            raise BrokenHistory(f"step {entry.pk} begins in {entry.from_status}, the order was in {status}")
        status = entry.to_status
    return status


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "")
