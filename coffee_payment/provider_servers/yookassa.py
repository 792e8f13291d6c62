"""YooKassa API v3: payments, their states, notifications (https://yookassa.ru/developers/api)."""

import base64
import threading
import uuid
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs

from provider_servers import notify, payer
from provider_servers.messages import Answer, Call

PAYMENTS: Final = "/v3/payments"
PAGE: Final = "/pay/yookassa/"
CONTROL: Final = "/control/yookassa/"


class Yookassa:
    """The service. ``accounts`` (account id -> secret key): None lets any non-empty pair in."""

    name = "yookassa"

    def __init__(
        self,
        *,
        accounts: Mapping[str, str] | None = None,
        webhook: str | None = None,
        return_base: str | None = None,
        public_url: str = "",
    ) -> None:
        """Begin without payments; ``public_url`` is where a browser finds this server."""
        self.accounts = accounts
        self.webhook = webhook
        self.return_base = return_base
        self.public_url = public_url
        self.payments: dict[str, dict[str, Any]] = {}
        self._owners: dict[str, str] = {}
        self._by_key: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def answer(self, call: Call) -> Answer | None:
        """Act on a call of the API or of a paying customer."""
        if call.path.startswith(PAGE):
            return self._pay(call)
        if not call.path.startswith(PAYMENTS):
            return None
        account = self._account(call)
        if account is None:
            return _error(401, "invalid_credentials", "Authentication failed")
        if call.method == "POST" and call.path == PAYMENTS:
            return self._create(call, account)
        payment_id = call.path.removeprefix(PAYMENTS + "/")
        if call.method != "GET" or self._owners.get(payment_id) != account:
            return _error(404, "not_found", "Payment doesn't exist or access denied")
        return Answer(self.payments[payment_id])

    def control(self, call: Call) -> Answer | None:
        """``/control/yookassa/<payment id>`` with {"status": ..., "notify": true}, or GET for all of them."""
        if not call.path.startswith(CONTROL):
            return None
        payment_id = call.path.removeprefix(CONTROL)
        if not payment_id:
            return Answer(list(self.payments.values()))
        if payment_id not in self.payments:
            return _error(404, "not_found", payment_id)
        body = call.body or {}
        self.settle(payment_id, body.get("status", "succeeded"))
        if body.get("notify"):
            return Answer({"answered": self.notify(payment_id)})
        return Answer(self.payments[payment_id])

    def settle(self, payment_id: str, status: str, **changes: Any) -> dict[str, Any]:
        """Put a payment into a state."""
        with self._lock:
            payment = self.payments[payment_id]
            payment |= {"status": status, "paid": status in {"succeeded", "waiting_for_capture"}, **changes}
            if status == "succeeded":
                payment["captured_at"] = _now()
            if "receipt_registration" in payment and status in {"succeeded", "canceled"}:
                payment["receipt_registration"] = changes.get("receipt_registration", status)
            return payment

    def notification(self, payment_id: str) -> dict[str, Any]:
        """Give the notification about a payment's present state."""
        payment = self.payments[payment_id]
        return {"type": "notification", "event": f"payment.{payment['status']}", "object": payment}

    def notify(self, payment_id: str) -> int:
        """Send the notification once; give the status that came back (0: none did)."""
        return notify.send(self.webhook, self.notification(payment_id)) if self.webhook else 0

    def _account(self, call: Call) -> str | None:
        scheme, _, code = call.headers.get("authorization", "").partition(" ")
        try:
            account, _, secret = base64.b64decode(code, validate=True).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            return None
        known = self.accounts is None or self.accounts.get(account) == secret
        return account if scheme == "Basic" and account and secret and known else None

    def _create(self, call: Call, account: str) -> Answer:
        key = call.headers.get("idempotence-key", "")
        if not 0 < len(key) <= 64:  # noqa: PLR2004 - the API's own limit
            return _error(400, "invalid_request", "Idempotence-Key is missing or too long")
        problem = _problem(call.body)
        if problem:
            return _error(400, "invalid_request", problem)
        with self._lock:
            known = self._by_key.get((account, key))
            if known is None:
                payment = self._new(call.body)
                known = payment["id"]
                self.payments[known] = payment
                self._owners[known] = account
                self._by_key[account, key] = known
            return Answer(self.payments[known])

    def _new(self, body: dict[str, Any]) -> dict[str, Any]:
        payment_id = str(uuid.uuid4())
        payment = {
            "id": payment_id,
            "status": "pending",
            "paid": False,
            "amount": body["amount"],
            "confirmation": {
                "type": "redirect",
                "return_url": body["confirmation"]["return_url"],
                "confirmation_url": f"{self.public_url}{PAGE}{payment_id}",
            },
            "created_at": _now(),
            "description": body.get("description", ""),
            "metadata": body.get("metadata", {}),
            "recipient": {"account_id": "1", "gateway_id": "1"},
            "refundable": False,
            "test": True,
        }
        return payment | ({"receipt_registration": "pending"} if "receipt" in body else {})

    def _pay(self, call: Call) -> Answer:
        payment_id = call.path.removeprefix(PAGE)
        payment = self.payments.get(payment_id)
        if payment is None:
            return Answer("<p>Нет такого платежа", status=404)
        if call.method == "GET":
            kopecks = round(float(payment["amount"]["value"]) * 100)
            return Answer(payer.page("ЮKassa (локально)", payment["description"], kopecks, payment["status"]))
        action = parse_qs(call.content.decode()).get("action", ["pay"])[0]
        self.settle(payment_id, "succeeded" if action == "pay" else "canceled")
        if self.webhook:
            notify.send_until_taken(self.webhook, self.notification(payment_id))
        back = payer.returning(payment["confirmation"]["return_url"], self.return_base)
        return Answer("", status=303, headers={"Location": back})


def _problem(body: Any) -> str | None:
    """Say what the API would refuse in a request for a payment."""
    try:
        value, currency = body["amount"]["value"], body["amount"]["currency"]
        good = isinstance(value, str) and "." in value and float(value) > 0 and currency == "RUB"
        good = (
            good and body["confirmation"]["type"] == "redirect" and bool(body["confirmation"]["return_url"])
        )
    except (KeyError, TypeError, ValueError) as error:
        return f"bad request: {error}"
    if not good or len(body.get("description", "")) > 128:  # noqa: PLR2004 - the API's own limit
        return "bad amount, confirmation or description"
    if not all(isinstance(value, str) for value in body.get("metadata", {}).values()):
        return "metadata must be text"
    receipt = body.get("receipt")
    if receipt is not None and not (receipt.get("items") and receipt.get("customer")):
        return "bad receipt"
    return None


def _error(status: int, code: str, description: str) -> Answer:
    body = {"type": "error", "id": str(uuid.uuid4()), "code": code, "description": description}
    return Answer(body, status=status)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
