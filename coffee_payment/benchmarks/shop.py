"""The rows that every measurement needs."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from payments.models import Device, Merchant, MerchantCredentials, Order


def device() -> Device:
    """Create a machine that takes payments by YooKassa."""
    merchant = Merchant.objects.create(
        name="Benchmark",
        contact_email="benchmark@example.com",
        bank_account="1",
        valid_until=timezone.localdate() + timedelta(days=2),
    )
    MerchantCredentials.objects.create(
        merchant=merchant, scenario="Yookassa", credentials={"account_id": "1", "secret_key": "benchmark"}
    )
    return Device.objects.create(
        device_uuid="benchmark",
        merchant=merchant,
        location="-",
        status=Device.Status.ONLINE,
        last_interaction=timezone.now(),
    )


def orders(device: Device, ids: Iterable[str]) -> None:
    """Create payable orders with these ids."""
    Order.objects.bulk_create(
        Order(
            id=order,
            drink_name="Капучино",
            drink_number="7",
            device=device,
            merchant_id=device.merchant_id,
            size=2,
            price=15000,
            status="created",
            expires_at=timezone.now() + timedelta(hours=1),
        )
        for order in ids
    )


def load_orders(count: int) -> None:
    """Create the orders of the gate's checks under load: `load-0` and so on (`[tool.verification.load]`)."""
    orders(device(), (f"load-{number}" for number in range(count)))
