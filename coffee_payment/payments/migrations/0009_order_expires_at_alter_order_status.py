from datetime import timedelta

from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from ._steps import rows

NEW_STATUSES = {"created", "pending", "paid", "not_paid", "make_pending", "successful", "failed"}
RENAMED = {"success": "successful"}
OLD_STATUSES = {"created", "pending", "failed", "success"}


def statuses(apps, schema_editor):
    return set(rows(apps, schema_editor, "Order").values_list("status", flat=True).distinct())


def carry_orders_over(apps, schema_editor):
    unknown = statuses(apps, schema_editor) - NEW_STATUSES - RENAMED.keys()
    if unknown:
        raise RuntimeError(f"0009 knows no place for orders with status {', '.join(sorted(unknown))}")
    orders = rows(apps, schema_editor, "Order")
    for old, new in RENAMED.items():
        orders.filter(status=old).update(status=new)
    orders.update(expires_at=models.F("created_at") + timedelta(minutes=15))


def bring_status_back(apps, schema_editor):
    for old, new in RENAMED.items():
        rows(apps, schema_editor, "Order").filter(status=new).update(status=old)


def refuse_newer_statuses(apps, schema_editor):
    newer = statuses(apps, schema_editor) - OLD_STATUSES - set(RENAMED.values())
    if newer:
        raise IrreversibleError(f"0009 cannot be undone: orders have the status {', '.join(sorted(newer))}")


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_remove_order_drink_order_drink_name")]

    operations = [
        migrations.AddField(
            model_name="order", name="expires_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunPython(carry_orders_over, bring_status_back, elidable=True),
        migrations.AlterField(
            model_name="order",
            name="status",
            field=models.CharField(
                choices=[
                    ("created", "Created"),
                    ("pending", "Pending"),
                    ("paid", "Paid"),
                    ("not_paid", "Not paid"),
                    ("make_pending", "Make pending"),
                    ("successful", "Successful"),
                    ("failed", "Failed"),
                ],
                max_length=50,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_newer_statuses, elidable=True),
    ]
