"""Why each finding about a real release is right, as found by hand."""

from typing import Final

M: Final = {
    number: f"payments.{name}"
    for number, name in {
        2: "0002_remove_device_merchant_id_remove_order_device_uuid_and_more",
        3: "0003_device_device_uuid",
        4: "0004_alter_device_device_uuid",
        8: "0008_remove_order_drink_order_drink_name",
        9: "0009_order_expires_at_alter_order_status",
        10: "0010_device_payment_scenario",
    }.items()
}
REMARKS: Final[dict[tuple[str, str], str]] = {
    (
        M[2],
        "fails-on-rows",
    ): "Right: it replaces plain ids by foreign keys of the same name, carries no link over, and "
    "its first step refuses tables with rows.",
    (
        M[3],
        "release-must-be-split",
    ): "Right: the column is required and has no default in the database, so the old code "
    "cannot insert a device; the new code selects a column that the old schema has not.",
    (
        M[4],
        "old-code-breaks",
    ): "Right: the old code sends a uuid, and PostgreSQL has no operator for varchar = uuid.",
    (
        M[8],
        "lock-held-while-working",
    ): "Right: AddField takes an ACCESS EXCLUSIVE lock on the orders, and the UPDATE of "
    "all of them follows in the same transaction.",
    (
        M[8],
        "deadlock",
    ): "Right: the orders are locked first, and RemoveField of the foreign key then locks the drinks; "
    "who writes a drink and then an order waits the other way round.",
    (
        M[8],
        "release-must-be-split",
    ): "Right: the old code selects drink_id, which is gone; the new code selects "
    "drink_name, which is not there yet.",
    (
        M[9],
        "lock-held-while-working",
    ): "Right: the lock of AddField stays during the SELECT DISTINCT and the UPDATE of all orders.",
    (
        M[10],
        "release-must-be-split",
    ): "Right: Django drops the default of the new required column at once, so the old "
    "code cannot insert a device.",
}
"""Migration and code -> one sentence."""
