import django.db.models.deletion
from django.db import migrations, models

from ._steps import ALTERED, CREATED, rename_links_on_the_way_back, rows, settle_constraints

# 0014 left these columns with the constraint name that AlterField gives, and without a pattern index.


def copy_links(model, source, target):
    """A step that copies one column into another, and has the foreign key checked at once."""

    def copy_column(apps, schema_editor):
        rows(apps, schema_editor, model).update(**{target: models.F(source)})
        settle_constraints(schema_editor)

    return copy_column


class Migration(migrations.Migration):
    dependencies = [("payments", "0020_add_yookassa_receipt_fields")]

    operations = [
        rename_links_on_the_way_back(CREATED, ALTERED, without_pattern_index=True),
        migrations.AddField(
            model_name="receipt", name="order_key", field=models.CharField(max_length=255, null=True)
        ),
        migrations.AlterField(
            model_name="receipt",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="receipts",
                to="payments.order",
            ),
        ),
        migrations.RunPython(
            copy_links("receipt", "order_id", "order_key"),
            copy_links("receipt", "order_key", "order_id"),
            elidable=True,
        ),
        migrations.RemoveField(model_name="receipt", name="order"),
        migrations.AddField(
            model_name="receipt",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="receipts",
                to="payments.order",
            ),
        ),
        migrations.RunPython(
            copy_links("receipt", "order_key", "order_id"),
            copy_links("receipt", "order_id", "order_key"),
            elidable=True,
        ),
        migrations.AlterField(
            model_name="receipt",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="receipts", to="payments.order"
            ),
        ),
        migrations.RemoveField(model_name="receipt", name="order_key"),
        migrations.AddField(
            model_name="payment", name="order_key", field=models.CharField(max_length=255, null=True)
        ),
        migrations.AlterField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="payments",
                to="payments.order",
            ),
        ),
        migrations.RunPython(
            copy_links("payment", "order_id", "order_key"),
            copy_links("payment", "order_key", "order_id"),
            elidable=True,
        ),
        migrations.RemoveField(model_name="payment", name="order"),
        migrations.AddField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="payments",
                to="payments.order",
            ),
        ),
        migrations.RunPython(
            copy_links("payment", "order_key", "order_id"),
            copy_links("payment", "order_id", "order_key"),
            elidable=True,
        ),
        migrations.AlterField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="payments.order"
            ),
        ),
        migrations.RemoveField(model_name="payment", name="order_key"),
    ]
