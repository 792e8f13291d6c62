from django.db import migrations, models

from payments.migrations._steps import AddIndexOnline


class Migration(migrations.Migration):
    """Each index is built while orders go on: no transaction, and on PostgreSQL CONCURRENTLY."""

    atomic = False

    dependencies = [("payments", "0027_add_payment_follow_up_and_make_evidence")]

    operations = [
        AddIndexOnline(
            model_name="order",
            index=models.Index(
                condition=models.Q(
                    ("make_answered_at__isnull", True),
                    ("make_claimed_at__isnull", False),
                    ("status", "make_pending"),
                ),
                fields=["make_claimed_at"],
                name="payments_order_make_idx",
            ),
        ),
        AddIndexOnline(
            model_name="order",
            index=models.Index(
                condition=models.Q(("payment_reference_id__isnull", False)),
                fields=["payment_reference_id"],
                name="payments_order_reference_idx",
            ),
        ),
        AddIndexOnline(
            model_name="payment",
            index=models.Index(fields=["transaction_id"], name="payments_payment_txn_idx"),
        ),
        AddIndexOnline(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="payments_payment_check_idx",
            ),
        ),
        AddIndexOnline(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("doubt__isnull", False)),
                fields=["created_at"],
                name="payments_payment_doubt_idx",
            ),
        ),
    ]
