"""The rows that every measurement needs."""

from datetime import timedelta

from django.utils import timezone
from payments.models import Device, Merchant, MerchantCredentials


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
