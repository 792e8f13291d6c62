"""YooKassa API v3: payments, their states, notifications (https://yookassa.ru/developers/api)."""

import base64
import uuid
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from provider_servers.messages import Answer, Call
from provider_servers.payment_service import PaymentService

PAYMENTS: Final = "/v3/payments"


class Yookassa(PaymentService):
    """The service. `accounts` is account id -> secret key; None accepts any pair that is not empty."""

    name = "yookassa"
    title = "ЮKassa (локально)"
    notification_path = "/v1/yook-pay-webhook"
    paid = "succeeded"
    canceled = "canceled"

    def __init__(self, *, accounts: Mapping[str, str] | None = None, **addresses: Any) -> None:
        """Begin without payments; `addresses` are those of `PaymentService`."""
        super().__init__(**addresses)
        self.accounts = accounts
        self._owners: dict[str, str] = {}
        self._by_key: dict[tuple[str, str], str] = {}

    def api(self, call: Call) -> Answer | None:
        """Create a payment, or return one."""
        if not call.path.startswith(PAYMENTS):
            return None
        account = self._account(call)
        if account is None:
            return _error(401, "invalid_credentials", "Authentication failed")
        if call.method == "POST" and call.path == PAYMENTS:
            return self._create(call, account)
        if call.method == "GET" and call.path == PAYMENTS:
            return self._list(call, account)
        payment_id = call.path.removeprefix(PAYMENTS + "/")
        known = payment_id in self.payments and self._owners.get(payment_id) == account
        if call.method != "GET" or not known:
            return _error(404, "not_found", "Payment doesn't exist or access denied")
        return Answer(self.payments[payment_id])

    def settle(self, payment_id: str, status: str, **changes: Any) -> dict[str, Any]:
        """Put a payment into a state and return it."""
        with self._lock:
            payment = self.payments[payment_id]
            payment |= {"status": status, "paid": status in {"succeeded", "waiting_for_capture"}, **changes}
            if status == "succeeded":
                payment["captured_at"] = _now()
            if "receipt_registration" in payment and status in {"succeeded", "canceled"}:
                payment["receipt_registration"] = changes.get("receipt_registration", status)
            return payment

    def refund(self, payment_id: str, kopecks: int | None = None) -> dict[str, Any]:
        """Send money back, as staff does in the provider's cabinet; by default all of it."""
        payment = self.payments[payment_id]
        value = payment["amount"]["value"] if kopecks is None else f"{kopecks / 100:.2f}"
        return self.settle(payment_id, payment["status"], refunded_amount={"value": value, "currency": "RUB"})

    def _list(self, call: Call, account: str) -> Answer:
        """Return a page of the account's payments, newest first; the cursor is the id of the last one given."""
        query = dict(parse_qsl(urlsplit(call.target).query))
        try:
            limit = int(query.get("limit", "10"))
            since, until = (
                datetime.fromisoformat(query[name]) if name in query else None
                for name in ("created_at.gte", "created_at.lt")
            )
        except ValueError:
            return _error(400, "invalid_request", "bad limit or time")
        if not 0 < limit <= 100:  # noqa: PLR2004 - the API's own limit
            return _error(400, "invalid_request", "limit is 1 to 100")
        # Other days need not be looked at more closely, whatever their zone.
        day = timedelta(days=1)
        days = str((since - day).date()) if since else "", str((until + day).date()) if until else "9"
        with self._lock:
            mine = [
                (key, payment)
                for key, payment in self.payments.items()
                if days[0] <= payment["created_at"][:10] <= days[1] and self._owners.get(key) == account
            ]
        times = {key: datetime.fromisoformat(payment["created_at"]) for key, payment in mine}
        chosen = [
            (times[key], key, payment)
            for key, payment in mine
            if (since is None or times[key] >= since) and (until is None or times[key] < until)
        ]
        chosen.sort(key=lambda each: each[:2], reverse=True)
        begin = 0
        if cursor := query.get("cursor"):
            begin = next((number for number, each in enumerate(chosen, 1) if each[1] == cursor), len(chosen))
        page = chosen[begin : begin + limit]
        body: dict[str, Any] = {"type": "list", "items": [payment for _, _, payment in page]}
        if begin + limit < len(chosen):
            body["next_cursor"] = page[-1][1]
        return Answer(body)

    def notification(self, payment_id: str) -> dict[str, Any]:
        """Return the notification about a payment's present state."""
        payment = self.payments[payment_id]
        return {"type": "notification", "event": f"payment.{payment['status']}", "object": payment}

    def shown(self, payment: dict[str, Any]) -> tuple[str, int, str]:
        """Return description, kopecks and status."""
        return payment["description"], round(float(payment["amount"]["value"]) * 100), payment["status"]

    def return_url(self, payment: dict[str, Any], *, paid: bool) -> str:  # noqa: ARG002 - one URL for both
        """Return the URL that the merchant gave."""
        return str(payment["confirmation"]["return_url"])

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
                "confirmation_url": self.page_url(payment_id),
            },
            "created_at": _now(),
            "description": body.get("description", ""),
            "metadata": body.get("metadata", {}),
            "recipient": {"account_id": "1", "gateway_id": "1"},
            "refundable": False,
            "test": True,
        }
        return payment | ({"receipt_registration": "pending"} if "receipt" in body else {})


def _problem(body: Any) -> str | None:
    """Return why the API would refuse a request for a payment; None when it would not."""
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
