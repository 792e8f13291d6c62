"""Customers, machines and providers of a running system, all reached over HTTP from outside."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

import requests

from deploy.tests.compose import Compose
from deploy.tests.engine import System, wait_for

TIMEOUT: Final = 20
ENDS_WITHIN: Final = 60.0
_OPEN: Final = """
import json
from datetime import timedelta
from django.utils import timezone
from payments.models import Device, Merchant, MerchantCredentials
keys = {"Yookassa": {"account_id": "100500", "secret_key": "a key"},
        "TBank": {"terminal_key": "local", "password": "local"}}
devices = {}
for check in ("webhook", "polling"):
    merchant = Merchant.objects.create(name=check, contact_email="owner@example.com", bank_account="1",
                                       valid_until=timezone.localdate() + timedelta(days=30))
    for scenario, content in keys.items():
        MerchantCredentials.objects.create(merchant=merchant, scenario=scenario, credentials=content,
                                           status_check_type=check)
        device = Device.objects.create(merchant=merchant, device_uuid=f"{scenario}-{check}", location="Hall",
                                       status="online", last_interaction=timezone.now(), payment_scenario=scenario)
        devices[f"{scenario} {check}"] = device.device_uuid
print("DEVICES " + json.dumps(devices))
"""


@dataclass
class Shop:
    """The running system as its customers, machines and providers see it."""

    web: str
    providers: Mapping[str, str]
    """yookassa, tbank, tmetr -> URL of its server."""
    devices: Mapping[str, str]
    """"Yookassa webhook", "TBank polling" and so on -> device id."""

    @classmethod
    def open(cls, system: System, compose: Compose) -> Self:
        """Fill the database, once."""
        ports = {
            name: service.ports[0].published for name, service in compose.services.items() if service.ports
        }
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        output = system.execute("web", "python", "manage.py", "shell", "-c", _OPEN)
        line = next(line for line in output.splitlines() if line.startswith("DEVICES "))
        return cls(urls.pop("web"), urls, json.loads(line.removeprefix("DEVICES ")))

    def scan(self, device: str) -> str:
        """Scan a machine's code and open the page; return the order's id."""
        order_id = str(uuid.uuid4())
        drink = {"drinkName": "Капучино", "drinkNo": "7", "uuid": order_id, "size": "1"}
        answer = self.get("/v1/pay", deviceUuid=self.devices[device], **drink)
        assert answer.status_code == 302, answer.text
        page = self.get(answer.headers["Location"])
        assert page.status_code == 200
        assert order_id in page.text
        assert self.status(order_id) == "created"
        return order_id

    def initiate(self, order_id: str) -> str:
        """Press the pay button; return the address at the provider."""
        answer = requests.post(
            f"{self.web}/v1/initiate-payment", json={"order_id": order_id}, timeout=TIMEOUT
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["redirect_url"])

    def pay(self, address: str) -> None:
        """Pay on the provider's page and come back to the order's."""
        assert requests.get(address, timeout=TIMEOUT).status_code == 200
        answer = requests.post(address, data={"action": "pay"}, timeout=TIMEOUT, allow_redirects=False)
        assert answer.status_code == 303
        assert requests.get(answer.headers["Location"], timeout=TIMEOUT).status_code == 200

    def settle(self, address: str, *, notify: bool = False) -> dict[str, Any]:
        """Let a payment succeed at the provider; by default without a notification."""
        provider, payment_id = urlsplit(address).path.removeprefix("/pay/").split("/")
        return dict(self.control(provider, f"{provider}/{payment_id}", notify=notify))

    def get(self, path: str, **query: str) -> requests.Response:
        """Call the server."""
        return requests.get(f"{self.web}{path}", params=query, timeout=TIMEOUT, allow_redirects=False)

    def status(self, order_id: str) -> str:
        """Return an order's status, as its page gets it."""
        return str(self.get(f"/v1/order-status/{order_id}").json()["status"])

    def await_status(self, order_id: str, status: str) -> None:
        """Wait until an order is in a status."""
        wait_for(
            f"order {order_id}: {status}",
            lambda: self.status(order_id) == status,
            within=ENDS_WITHIN,
            pause=0.3,
        )

    def control(self, provider: str, what: str, **body: Any) -> Any:
        """Call a control endpoint of a provider's server: POST with a body, GET without one."""
        url = f"{self.providers[provider]}/control/{what}"
        answer = requests.request("POST" if body else "GET", url, json=body or None, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def forgive(self, provider: str) -> None:
        """Remove every fault of a provider's server."""
        requests.delete(f"{self.providers[provider]}/control/faults", timeout=TIMEOUT).raise_for_status()

    def made(self, order_id: str) -> int:
        """Return how many make commands the machine got for an order."""
        return sum(each["orderUuid"] == order_id for each in self.control("tmetr", "tmetr")["commands"])

    def await_made(self, order_id: str) -> None:
        """Wait until the machine has got an order's make command: once, and the order is in `make_pending`.

        The order changes before the command is sent, so the command may come a little later.
        """
        self.await_status(order_id, "make_pending")
        wait_for(f"order {order_id}: made", lambda: self.made(order_id), within=ENDS_WITHIN)
        assert self.made(order_id) == 1

    def await_call(self, provider: str, method: str, text: str) -> None:
        """Wait until a provider's server has been asked something; the answer may still be under way."""
        wait_for(
            f"{provider}: {method} with {text}",
            lambda: any(
                each["method"] == method and text in json.dumps(each)
                for each in self.control(provider, "calls")
            ),
            within=ENDS_WITHIN,
            pause=0.05,
        )
