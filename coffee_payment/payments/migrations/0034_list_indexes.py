from django.db import migrations, models

from payments.migrations._steps import AddIndexOnline


class Migration(migrations.Migration):
    """Each index is built while orders go on: no transaction, and on PostgreSQL CONCURRENTLY."""

    atomic = False

    dependencies = [("payments", "0033_admin_names")]

    operations = [
        AddIndexOnline(
            model_name="order",
            index=models.Index(fields=["created_at"], name="payments_order_created_idx"),
        ),
        AddIndexOnline(
            model_name="order",
            index=models.Index(fields=["status", "created_at"], name="payments_order_list_idx"),
        ),
        AddIndexOnline(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", "created")),
                fields=["expires_at"],
                name="payments_order_unused_idx",
            ),
        ),
        AddIndexOnline(
            model_name="payment",
            index=models.Index(fields=["created_at"], name="payments_payment_created_idx"),
        ),
    ]
