"""The TBankPayment rows: what the bank calls a payment, and where it stands."""

from django.utils import timezone

from payments import statements
from payments.html import web_address
from payments.models import Order, TBankPayment
from payments.providers.payment import FetchedPayment, StartedPayment


def store(order: Order, started: StartedPayment) -> None:
    """Add the row of a started payment. Raises `IntegrityError` if the bank gave the payment id before."""
    statements.insert(
        TBankPayment(
            amount=int(order.price),
            payment_url=_storable(started.redirect_url),
            order_id=started.provider_order_id,
            payment_id=started.payment_id,
        )
    )


def page_of(payment_id: str) -> str | None:
    """Return the URL of the page of a started payment."""
    row = TBankPayment.objects.filter(payment_id=payment_id).only("payment_url").first()
    return web_address(row.payment_url) if row is not None else None


def update(payment: FetchedPayment, *, successful: bool) -> None:
    """Store the end of a payment."""
    status = TBankPayment.Status.COMPLETED if successful else TBankPayment.Status.FAILED
    values = {"status": status, "updated_at": timezone.now()}
    statements.update(TBankPayment, {"payment_id": payment.payment_id}, values)


def _storable(url: str) -> str | None:
    longest = TBankPayment._meta.get_field("payment_url").max_length or 0
    return url if len(url) <= longest and web_address(url) else None
