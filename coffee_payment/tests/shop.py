"""A small shop for tests: merchant, devices, orders, and the providers' local servers."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.test import Client
from django.utils import timezone
from payments.models import Device, Merchant, MerchantCredentials, Order, Payment, TBankPayment
from provider_servers import ProviderServer, TBank, TMetr, Yookassa

from verification.processes.wait import wait_for

ACCOUNT: Final = "100500"
SECRET: Final = "test_yookassa_key"
TERMINAL: Final = "TinkoffTest"
PASSWORD: Final = "test_bank_word"
KEYS: Final[dict[str, dict[str, Any]]] = {
    "Yookassa": {"account_id": ACCOUNT, "secret_key": SECRET},
    "YookassaReceipt": {
        "account_id": ACCOUNT,
        "secret_key": SECRET,
        "is_receipt_mandatory": True,
        "vat_code": 1,
        "payment_mode": "full_payment",
        "tax_system_code": 2,
    },
    "TBank": {"terminal_key": TERMINAL, "password": PASSWORD},
}
PRICE: Final = 15000


@dataclass
class Providers:
    """All three providers on one real HTTP server."""

    yookassa: Yookassa = field(default_factory=lambda: Yookassa(accounts={ACCOUNT: SECRET}))
    tbank: TBank = field(default_factory=lambda: TBank(terminals={TERMINAL: PASSWORD}))
    tmetr: TMetr = field(default_factory=lambda: TMetr(price=PRICE))
    server: ProviderServer = field(init=False)

    def settings(self) -> dict[str, Any]:
        """Return the settings that lead the payments server to these providers."""
        return addresses(self.server.url)


def addresses(url: str) -> dict[str, Any]:
    """Return the settings for providers that listen at one address."""
    return {
        "YOOKASSA_BASE_URL": f"{url}/v3",
        "T_BANK_BASE_URL": url,
        "TMETR_BASE_URL": url,
        "TMETR_TOKEN": "test-token-of-tmetr",
        "PAYMENT_API_TIMEOUT_S": 2,
    }


@contextmanager
def running_providers() -> Iterator[Providers]:
    """Run the providers' server in this process."""
    providers = Providers()
    with ProviderServer(providers.yookassa, providers.tbank, providers.tmetr) as providers.server:
        yield providers


class Shop:
    """Creates rows with new ids, so that tests may share a database."""

    def __init__(self) -> None:
        """Create one merchant."""
        self.client = Client()
        self.merchant = Merchant.objects.create(
            name="Кофе у дома",
            contact_email="owner@example.com",
            bank_account="40702810",
            valid_until=timezone.localdate() + timedelta(days=30),
        )

    def device(self, scenario: str = "Yookassa", *, keys: bool = True, **values: Any) -> Device:
        """Create a machine, with the merchant's credentials for its scenario."""
        if keys and scenario in KEYS:
            self.credentials(scenario)
        defaults = {
            "device_uuid": str(uuid.uuid4()),
            "merchant": self.merchant,
            "location": "Невский, 1",
            "status": Device.Status.ONLINE,
            "last_interaction": timezone.now(),
            "payment_scenario": scenario,
        }
        return Device.objects.create(**{**defaults, **values})

    def credentials(self, scenario: str, **values: Any) -> MerchantCredentials:
        """Store the merchant's credentials for a scenario."""
        row, _ = MerchantCredentials.objects.update_or_create(
            merchant=self.merchant, scenario=scenario, defaults={"credentials": KEYS[scenario], **values}
        )
        return row

    def order(self, device: Device | None = None, status: str = "created", **values: Any) -> Order:
        """Create an order in any state."""
        device = device or self.device()
        defaults = {
            "id": str(uuid.uuid4()),
            "drink_name": "Капучино",
            "drink_number": "7",
            "device": device,
            "merchant": self.merchant,
            "size": 2,
            "price": PRICE,
            "status": status,
        }
        return Order.objects.create(**{**defaults, **values})

    def pending(self, device: Device | None = None, **values: Any) -> Order:
        """Create an order whose payment was started at the provider and is due for a check."""
        order = self.order(device)
        answer = self.initiate(order)
        assert answer.status_code == 200, answer.content
        Order.objects.filter(pk=order.pk).update(**{"next_check_at": timezone.now(), **values})
        order.refresh_from_db()
        return order

    def scan(self, device: Device, path: str = "/v1/pay", **changes: str) -> Any:
        """Scan the QR code of a machine."""
        parameters = {
            "deviceUuid": device.device_uuid,
            "drinkName": "Капучино",
            "drinkNo": "7",
            "uuid": str(uuid.uuid4()),
            "size": "1",
            **changes,
        }
        return self.client.get(path, parameters)

    def initiate(self, order: Order, **body: Any) -> Any:
        """Press the pay button."""
        return self.client.post(
            "/v1/initiate-payment", {"order_id": order.pk, **body}, content_type="application/json"
        )

    def notify(self, path: str, body: Any) -> Any:
        """Post a notification."""
        return self.client.post(path, body, content_type="application/json")


def state(order: Order) -> str:
    """Read an order's status from the database."""
    return Order.objects.values_list("status", flat=True).get(pk=order.pk)


def state_once_left(order: Order, passing: Collection[str], seconds: float = 20) -> str:
    """Return the order's status once it is none of `passing` and no make command waits for its answer.

    When the time is over, return the last one.
    """

    def left() -> bool:
        found, answered = Order.objects.values_list("status", "make_answered_at").get(pk=order.pk)
        return found not in passing and (found != "make_pending" or answered is not None)

    wait_for(left, seconds=seconds)
    return state(order)


def attempts(order: Order) -> list[tuple[str, str]]:
    """Read the ledger of an order: status and provider's id of each attempt."""
    return list(
        Payment.objects.filter(order=order).order_by("created_at").values_list("status", "transaction_id")
    )


def bank_order_id(payment_id: str) -> str:
    """Read the OrderId that the bank got."""
    return TBankPayment.objects.get(payment_id=payment_id).order_id
