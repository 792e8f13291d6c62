"""Orders per second that one tick of the background check gets through."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import requests
from django.conf import settings
from django.utils import timezone
from payments.models import Device, MerchantCredentials, Order, Payment
from payments.providers.payment import NewPayment
from payments.providers.yookassa import client
from payments.tasks import check_pending_payments


def measure(device: Device, control: str, *, orders: int, latency: float, status: str) -> float:
    """Return the orders per second when the provider takes `latency` seconds to say `status`."""
    _seed(device, control, orders, status)
    requests.post(f"{control}/latency", json={"seconds": latency}, timeout=10).raise_for_status()
    try:
        begun = time.monotonic()
        checked: int = check_pending_payments()
        seconds = time.monotonic() - begun
    finally:
        requests.post(f"{control}/latency", json={"seconds": 0}, timeout=10).raise_for_status()
    if checked != orders:
        raise RuntimeError(f"checked {checked} of {orders} orders")
    return checked / seconds


def _seed(device: Device, control: str, count: int, status: str) -> None:
    """Create orders whose payments the provider knows, due now."""
    keys = MerchantCredentials.objects.get(merchant=device.merchant, scenario="Yookassa").credentials
    now = timezone.now()

    def seed(_: int) -> Order:
        order_id = str(uuid.uuid4())
        payment = NewPayment(
            attempt_id=order_id,
            attempt_number=1,
            order_id=order_id,
            amount=Decimal(15000),
            drink_name="Капучино",
            drink_number="7",
            size=2,
            expires_at=None,
        )
        payment_id = client.start(keys, payment).payment_id
        if status != "pending":
            requests.post(f"{control}/yookassa/{payment_id}", json={"status": status}, timeout=10)
        return Order(
            id=order_id,
            payment_reference_id=payment_id,
            drink_name="Капучино",
            drink_number="7",
            device=device,
            merchant_id=device.merchant_id,
            size=2,
            price=15000,
            status="pending",
            status_check_type="polling",
            payment_started_at=now,
            next_check_at=now,
            expires_at=now + timedelta(minutes=settings.ORDER_EXPIRATION_MINUTES),
        )

    with ThreadPoolExecutor(8) as pool:
        orders = list(pool.map(seed, range(count)))
    Order.objects.all().delete()
    Order.objects.bulk_create(orders)
    Payment.objects.bulk_create(
        Payment(
            order=order,
            merchant_id=device.merchant_id,
            amount=order.price,
            status="pending",
            transaction_id=order.payment_reference_id or "",
        )
        for order in orders
    )
