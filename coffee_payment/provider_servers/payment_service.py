"""What the local servers of payment providers have in common: payments, the customer's page, control, notifications."""

import threading
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs

from provider_servers import notify, payer
from provider_servers.messages import Answer, Call

NO_SUCH_PAYMENT: Final = Answer({"error": "no such payment"}, status=404)


class PaymentService(ABC):
    """One provider. A subclass adds the API; `payments` is payment id -> the provider's own object."""

    name: str
    title: ClassVar[str]
    """What the customer's page is called."""
    notification_path: ClassVar[str]
    """Where the payments server takes this provider's notifications."""
    paid: ClassVar[str]
    canceled: ClassVar[str]
    """The provider's words for the two ends of a payment."""

    def __init__(
        self, *, webhook: str | None = None, return_base: str | None = None, public_url: str = ""
    ) -> None:
        """Begin without payments.

        `webhook` is the URL for notifications, `return_base` the scheme and host that replace those of the
        return URLs, `public_url` is where a browser finds this server (default: its own URL).
        """
        self.webhook = webhook
        self.return_base = return_base
        self.public_url = public_url
        self.payments: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    @abstractmethod
    def api(self, call: Call) -> Answer | None:
        """Act on a call of the API; None for a path of another service."""

    @abstractmethod
    def settle(self, payment_id: str, status: str, **changes: Any) -> dict[str, Any]:
        """Put a payment into a state and return it."""

    def refund(self, payment_id: str, kopecks: int | None = None) -> dict[str, Any]:
        """Send money back, by default all of it."""
        raise NotImplementedError

    @abstractmethod
    def notification(self, payment_id: str) -> dict[str, Any]:
        """Return the notification about a payment's present state."""

    @abstractmethod
    def shown(self, payment: dict[str, Any]) -> tuple[str, int, str]:
        """Return a payment's description, its amount in kopecks, and its status, for the customer's page."""

    @abstractmethod
    def return_url(self, payment: dict[str, Any], *, paid: bool) -> str:
        """Return the URL to which the customer goes back."""

    def webhook_of(self, _payment: dict[str, Any]) -> str | None:
        """Return the URL for notifications about a payment; None: no notification is sent."""
        return self.webhook

    @property
    def page_path(self) -> str:
        """The path of the customer's pages, before the payment id."""
        return f"/pay/{self.name}/"

    def page_url(self, payment_id: str) -> str:
        """Return the URL of the page on which the customer pays."""
        return f"{self.public_url}{self.page_path}{payment_id}"

    def answer(self, call: Call) -> Answer | None:
        """Act on a call of the API or of a paying customer."""
        return self._pay(call) if call.path.startswith(self.page_path) else self.api(call)

    def control(self, call: Call) -> Answer | None:
        """`/control/NAME/PAYMENT-ID` with {"status": ..., "notify": true} or {"refund": KOPECKS or null}.

        Without an id, all payments.
        """
        prefix = f"/control/{self.name}/"
        if not call.path.startswith(prefix):
            return None
        payment_id = call.path.removeprefix(prefix)
        if not payment_id:
            return Answer(list(self.payments.values()))
        if payment_id not in self.payments:
            return NO_SUCH_PAYMENT
        body = call.body or {}
        if "refund" in body:
            return Answer(self.refund(payment_id, body["refund"]))
        self.settle(payment_id, body.get("status", self.paid))
        if body.get("notify"):
            return Answer({"answered": self.notify(payment_id)})
        return Answer(self.payments[payment_id])

    def notify(self, payment_id: str) -> int:
        """Send the notification once; return the status of the answer (0: there was none)."""
        url = self.webhook_of(self.payments[payment_id])
        return notify.send(url, self.notification(payment_id)) if url else 0

    def _pay(self, call: Call) -> Answer:
        payment_id = call.path.removeprefix(self.page_path)
        payment = self.payments.get(payment_id)
        if payment is None:
            return Answer("<p>Нет такого платежа", status=404)
        if call.method == "GET":
            return Answer(payer.page(self.title, *self.shown(payment)))
        paid = parse_qs(call.content.decode()).get("action", ["pay"])[0] == "pay"
        self.settle(payment_id, self.paid if paid else self.canceled)
        if url := self.webhook_of(payment):
            notify.send_until_taken(url, self.notification(payment_id))
        back = payer.returning(self.return_url(payment, paid=paid), self.return_base)
        return Answer("", status=303, headers={"Location": back})
