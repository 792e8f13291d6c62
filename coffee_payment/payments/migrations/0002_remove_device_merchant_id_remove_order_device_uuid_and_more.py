import datetime

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from ._steps import rows

# A plain UUID column and a foreign key of one name: the links of rows cannot be carried over.
RELINKED = ("Device", "Order", "Payment", "Receipt")


def relinked_with_rows(apps, schema_editor):
    return [model for model in RELINKED if rows(apps, schema_editor, model).exists()]


def require_empty_tables(apps, schema_editor):
    if models := relinked_with_rows(apps, schema_editor):
        raise RuntimeError(f"0002 replaces the links of {', '.join(models)}, which must have no rows")


def refuse_to_unlink_rows(apps, schema_editor):
    if models := relinked_with_rows(apps, schema_editor):
        raise IrreversibleError(f"0002 cannot be undone while {', '.join(models)} have rows")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.RunPython(require_empty_tables, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="device", name="merchant_id"),
        migrations.RemoveField(model_name="order", name="device_uuid"),
        migrations.RemoveField(model_name="order", name="drink_id"),
        migrations.RemoveField(model_name="order", name="merchant_id"),
        migrations.RemoveField(model_name="payment", name="merchant_id"),
        migrations.RemoveField(model_name="payment", name="order_id"),
        migrations.RemoveField(model_name="receipt", name="order_id"),
        migrations.AddField(
            model_name="device",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="devices", to="payments.merchant"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="orders", to="payments.device"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="drink",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="orders", to="payments.drink"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="orders", to="payments.merchant"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="payments.merchant"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="payments.order"
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="receipts", to="payments.order"
            ),
        ),
        # Service goes on until staff enters the real day.
        migrations.AddField(
            model_name="merchant",
            name="valid_until",
            field=models.DateField(
                default=datetime.date(2099, 12, 31), help_text="Last day of paid service, inclusive"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_unlink_rows, elidable=True),
    ]
