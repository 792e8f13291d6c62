"""The bank's own server, on the common base of the local providers."""

import json
from typing import Any

import requests
from provider_servers.messages import Answer, Call
from provider_servers.payment_service import PaymentService

from tests.bonus_bank.webhook import signature

INVOICES = "/bonus/invoices"


class BonusBank(PaymentService):
    name = "bonus"
    title = "Бонус-банк"
    notification_path = "/v1/bonus-bank-webhook"
    paid = "paid"
    canceled = "void"
    token = "test-bonus-token"
    signing_key = "test-bonus-signing-key"

    def api(self, call: Call) -> Answer | None:
        if not call.path.startswith(INVOICES):
            return None
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return Answer({}, status=401)
        if call.method == "GET":
            return Answer(self.payments[call.path.removeprefix(INVOICES + "/")])
        number = str(len(self.payments) + 1)
        page = self.page_url(number)
        self.payments[number] = {**call.body, "number": number, "state": "open", "page": page}
        return Answer(self.payments[number])

    def settle(self, payment_id: str, status: str, **changes: Any) -> dict[str, Any]:
        self.payments[payment_id] |= {"state": status, **changes}
        return self.payments[payment_id]

    def notification(self, payment_id: str) -> dict[str, Any]:
        return {name: self.payments[payment_id][name] for name in ("number", "reference", "state")}

    def shown(self, payment: dict[str, Any]) -> tuple[str, int, str]:
        return payment["reference"], payment["kopecks"], payment["state"]

    def return_url(self, payment: dict[str, Any], *, paid: bool) -> str:
        return str(payment["return_url"])

    def send_signed(self, payment_id: str, url: str, key: str | None = None) -> requests.Response:
        """Notify a payments server."""
        content = json.dumps(self.notification(payment_id)).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Bonus-Signature": signature(content, key or self.signing_key),
        }
        return requests.post(url, data=content, headers=headers, timeout=10)
