from django.db import migrations, models

from payments.migrations._steps import AddIndexOnline


class Migration(migrations.Migration):
    """For the questions about what began lately: the invariant's figures and the reconciliation."""

    atomic = False

    dependencies = [("payments", "0031_order_payment_scenario")]

    operations = [
        AddIndexOnline(
            model_name="order",
            index=models.Index(fields=["created_at"], name="payments_order_created_idx"),
        ),
        AddIndexOnline(
            model_name="payment",
            index=models.Index(fields=["created_at"], name="payments_payment_created_idx"),
        ),
    ]
