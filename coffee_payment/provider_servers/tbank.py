"""TBank acquiring API v2: Init, GetState, notifications (https://www.tbank.ru/kassa/dev/payments/)."""

import hashlib
import hmac
import itertools
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from provider_servers import notify, payer
from provider_servers.messages import Answer, Call

PAGE: Final = "/pay/tbank/"
CONTROL: Final = "/control/tbank/"
_LONGEST_ORDER_ID: Final = 36
_FAILED: Final = frozenset({"REJECTED", "AUTH_FAIL"})


def sign(parameters: Mapping[str, Any], password: str) -> str:
    """Give the Token: the root's scalars with the password, values joined in order of names."""
    pairs = [("Password", password)]
    for name, value in parameters.items():
        if name == "Token" or isinstance(value, dict | list):
            continue
        pairs.append((name, {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)))
    return hashlib.sha256("".join(value for _, value in sorted(pairs)).encode()).hexdigest()


class TBank:
    """The service; ``terminals`` is terminal key -> password."""

    name = "tbank"

    def __init__(
        self,
        *,
        terminals: Mapping[str, str],
        webhook: str | None = None,
        return_base: str | None = None,
        public_url: str = "",
    ) -> None:
        """Begin without payments; ``webhook`` stands in for the NotificationURL of each Init."""
        self.terminals = terminals
        self.webhook = webhook
        self.return_base = return_base
        self.public_url = public_url
        self.payments: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(7_000_000_001)
        self._lock = threading.Lock()

    def answer(self, call: Call) -> Answer | None:
        """Act on a call of the API or of a paying customer."""
        if call.path.startswith(PAGE):
            return self._pay(call)
        if not call.path.startswith("/v2/"):
            return None
        return self._api(call.path, call.body)

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
        return self._state(body) if path == "/v2/GetState" else _error("9999", "unknown method")

    def control(self, call: Call) -> Answer | None:
        """``/control/tbank/<PaymentId>`` with {"status": ..., "notify": true}, or GET for all of them."""
        if not call.path.startswith(CONTROL):
            return None
        payment_id = call.path.removeprefix(CONTROL)
        if not payment_id:
            return Answer(list(self.payments.values()))
        if payment_id not in self.payments:
            return _error("255", "unknown payment")
        body = call.body or {}
        self.settle(payment_id, body.get("status", "CONFIRMED"))
        if body.get("notify"):
            return Answer({"answered": self.notify(payment_id)})
        return Answer(self.payments[payment_id])

    def settle(self, payment_id: str, status: str, **changes: Any) -> None:
        """Put a payment into a state."""
        with self._lock:
            self.payments[payment_id] |= {"Status": status, **changes}

    def notification(self, payment_id: str) -> dict[str, Any]:
        """Give the signed notification about a payment's present state."""
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

    def notify(self, payment_id: str) -> int:
        """Send the notification once; give the status that came back (0: nothing did)."""
        url = self.webhook or self.payments[payment_id]["NotificationURL"]
        return notify.send(url, self.notification(payment_id)) if url else 0

    def _init(self, body: dict[str, Any]) -> Answer:
        order_id, amount = body.get("OrderId"), body.get("Amount")
        if not isinstance(order_id, str) or not 0 < len(order_id) <= _LONGEST_ORDER_ID:
            return _error("212", "bad OrderId")
        if not isinstance(amount, int) or amount <= 0:
            return _error("251", "bad Amount")
        with self._lock:
            if any(payment["OrderId"] == order_id for payment in self.payments.values()):
                return _error("8", "OrderId is not unique")
            payment_id = str(next(self._ids))
            url = f"{self.public_url}{PAGE}{payment_id}"
            self.payments[payment_id] = {**body, "PaymentId": payment_id, "Status": "NEW", "PaymentURL": url}
        return Answer(_public(self.payments[payment_id]) | {"PaymentURL": url})

    def _state(self, body: dict[str, Any]) -> Answer:
        payment = self.payments.get(str(body.get("PaymentId")))
        if payment is None or payment["TerminalKey"] != body["TerminalKey"]:
            return _error("255", "unknown payment")
        return Answer(_public(payment))

    def _pay(self, call: Call) -> Answer:
        payment_id = call.path.removeprefix(PAGE)
        payment = self.payments.get(payment_id)
        if payment is None:
            return Answer("<p>Нет такого платежа", status=404)
        if call.method == "GET":
            text = payment.get("Description", "")
            return Answer(payer.page("Т-Банк (локально)", text, payment["Amount"], payment["Status"]))
        paid = parse_qs(call.content.decode()).get("action", ["pay"])[0] == "pay"
        self.settle(payment_id, "CONFIRMED" if paid else "CANCELED")
        notify.send_until_taken(self.webhook or payment["NotificationURL"], self.notification(payment_id))
        back = payer.returning(payment["SuccessURL" if paid else "FailURL"], self.return_base)
        return Answer("", status=303, headers={"Location": back})


def _public(payment: Mapping[str, Any]) -> dict[str, Any]:
    names = ("TerminalKey", "OrderId", "PaymentId", "Status", "Amount")
    return {"Success": True, "ErrorCode": "0", **{name: payment[name] for name in names}}


def _error(code: str, message: str) -> Answer:
    return Answer({"Success": False, "ErrorCode": code, "Message": message, "Details": ""})
