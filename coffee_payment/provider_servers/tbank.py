"""TBank acquiring API v2: Init, GetState, notifications (https://www.tbank.ru/kassa/dev/payments/)."""

import hashlib
import hmac
import itertools
from collections.abc import Mapping
from typing import Any, Final

from provider_servers.messages import Answer, Call
from provider_servers.payment_service import PaymentService

_ORDER_ID_LENGTH: Final = 36
_FAILED: Final = frozenset({"REJECTED", "AUTH_FAIL"})


def sign(parameters: Mapping[str, Any], password: str) -> str:
    """Return the Token: the root's scalars with the password, values joined in order of names."""
    pairs = [("Password", password)]
    for name, value in parameters.items():
        if name == "Token" or isinstance(value, dict | list):
            continue
        pairs.append((name, {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)))
    return hashlib.sha256("".join(value for _, value in sorted(pairs)).encode()).hexdigest()


class TBank(PaymentService):
    """The service; `terminals` is terminal key -> password.

    Without a webhook of its own it notifies the NotificationURL of each Init.
    """

    name = "tbank"
    title = "Т-Банк (локально)"
    notification_path = "/v1/tbank-pay-webhook"
    paid = "CONFIRMED"
    canceled = "CANCELED"

    def __init__(self, *, terminals: Mapping[str, str], **addresses: Any) -> None:
        """Begin without payments; `addresses` are those of `PaymentService`."""
        super().__init__(**addresses)
        self.terminals = terminals
        self._ids = itertools.count(7_000_000_001)

    def api(self, call: Call) -> Answer | None:
        """Act on Init or GetState."""
        return self._api(call.path, call.body) if call.path.startswith("/v2/") else None

    def _api(self, path: str, body: Any) -> Answer:
        if not isinstance(body, dict):
            return _error("9999", "bad request")
        password = self.terminals.get(str(body.get("TerminalKey")))
        if password is None:
            return _error("205", "unknown terminal")
        if not hmac.compare_digest(str(body.get("Token")), sign(body, password)):
            return _error("204", "wrong token")
        if path == "/v2/Init":
            return self._init(body)
        if path == "/v2/CheckOrder":
            return self._check_order(body)
        return self._state(body) if path == "/v2/GetState" else _error("9999", "unknown method")

    def settle(self, payment_id: str, status: str, **changes: Any) -> dict[str, Any]:
        """Put a payment into a state and return it."""
        with self._lock:
            self.payments[payment_id] |= {"Status": status, **changes}
            return self.payments[payment_id]

    def notification(self, payment_id: str) -> dict[str, Any]:
        """Return the signed notification about a payment's present state."""
        payment = self.payments[payment_id]
        body = {
            "TerminalKey": payment["TerminalKey"],
            "OrderId": payment["OrderId"],
            "Success": payment["Status"] not in _FAILED,
            "Status": payment["Status"],
            "PaymentId": int(payment_id),
            "ErrorCode": "0",
            "Amount": payment["Amount"],
            "Pan": "430000******0777",
        }
        return body | {"Token": sign(body, self.terminals[payment["TerminalKey"]])}

    def shown(self, payment: dict[str, Any]) -> tuple[str, int, str]:
        """Return description, kopecks and status."""
        return payment.get("Description", ""), payment["Amount"], payment["Status"]

    def return_url(self, payment: dict[str, Any], *, paid: bool) -> str:
        """Return SuccessURL or FailURL."""
        return str(payment["SuccessURL" if paid else "FailURL"])

    def webhook_of(self, payment: dict[str, Any]) -> str | None:
        """Return the webhook that replaces the NotificationURL, or that."""
        return self.webhook or payment["NotificationURL"]

    def _init(self, body: dict[str, Any]) -> Answer:
        order_id, amount = body.get("OrderId"), body.get("Amount")
        if not isinstance(order_id, str) or not 0 < len(order_id) <= _ORDER_ID_LENGTH:
            return _error("212", "bad OrderId")
        if not isinstance(amount, int) or amount <= 0:
            return _error("251", "bad Amount")
        with self._lock:
            if any(payment["OrderId"] == order_id for payment in self.payments.values()):
                return _error("8", "OrderId is not unique")
            payment_id = str(next(self._ids))
            url = self.page_url(payment_id)
            self.payments[payment_id] = {**body, "PaymentId": payment_id, "Status": "NEW", "PaymentURL": url}
        return Answer(_public(self.payments[payment_id]) | {"PaymentURL": url})

    def refund(self, payment_id: str, kopecks: int | None = None) -> dict[str, Any]:
        """Send money back, as staff does in the bank's cabinet; by default all of it."""
        whole = kopecks is None or kopecks == self.payments[payment_id]["Amount"]
        return self.settle(payment_id, "REFUNDED" if whole else "PARTIAL_REFUNDED")

    def _check_order(self, body: dict[str, Any]) -> Answer:
        order_id = body.get("OrderId")
        found = [
            {name: payment[name] for name in ("PaymentId", "Status", "Amount")} | {"Success": True}
            for payment in self.payments.values()
            if payment["OrderId"] == order_id and payment["TerminalKey"] == body["TerminalKey"]
        ]
        if not found:
            return _error("255", "unknown order")
        return Answer({"Success": True, "ErrorCode": "0", "OrderId": order_id, "Payments": found})

    def _state(self, body: dict[str, Any]) -> Answer:
        payment = self.payments.get(str(body.get("PaymentId")))
        if payment is None or payment["TerminalKey"] != body["TerminalKey"]:
            return _error("255", "unknown payment")
        return Answer(_public(payment))


def _public(payment: Mapping[str, Any]) -> dict[str, Any]:
    names = ("TerminalKey", "OrderId", "PaymentId", "Status", "Amount")
    return {"Success": True, "ErrorCode": "0", **{name: payment[name] for name in names}}


def _error(code: str, message: str) -> Answer:
    return Answer({"Success": False, "ErrorCode": code, "Message": message, "Details": ""})
