"""Rows by the keys that requests bring."""

from typing import Final

from payments.models import Device, MerchantCredentials, Order
from payments.statements import Read

ORDER: Final = Read(lambda key: Order.objects.select_related("device").filter(pk=key))
"""An order by its id, with its device."""
ORDER_AND_MERCHANT: Final = Read(
    lambda key: Order.objects.select_related("device", "merchant").filter(pk=key)
)
"""An order by its id, with its device and merchant."""
DEVICE: Final = Read(lambda uuid: Device.objects.select_related("merchant").filter(device_uuid=uuid))
"""A device by its device_uuid, with its merchant."""
CREDENTIALS: Final = Read(
    lambda merchant, scenario: MerchantCredentials.objects.filter(merchant_id=merchant, scenario=scenario)
)
"""A merchant's credentials by the merchant's id and the scenario."""
