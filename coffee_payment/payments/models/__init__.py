"""The data model (docs/domain.md, section 3). Every stored amount is in kopecks."""

from payments.models.journal import JournalEntry
from payments.models.ledger import Payment, Receipt, StaffCase, TBankPayment
from payments.models.merchants import (
    Device,
    Drink,
    Merchant,
    MerchantCredentials,
    StatusCheckType,
    User,
    validate_scenario,
)
from payments.models.orders import Order

__all__ = [
    "Device",
    "Drink",
    "JournalEntry",
    "Merchant",
    "MerchantCredentials",
    "Order",
    "Payment",
    "Receipt",
    "StaffCase",
    "StatusCheckType",
    "TBankPayment",
    "User",
    "validate_scenario",
]
