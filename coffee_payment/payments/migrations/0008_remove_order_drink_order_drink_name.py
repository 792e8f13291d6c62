from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from ._steps import rows


def copy_drink_names(apps, schema_editor):
    drink = rows(apps, schema_editor, "Drink").filter(pk=models.OuterRef("drink_id"))
    rows(apps, schema_editor, "Order").update(drink_name=models.Subquery(drink.values("name")[:1]))


def refuse_orders_without_drink(apps, schema_editor):
    if rows(apps, schema_editor, "Order").exists():
        raise IrreversibleError(
            "0008 cannot be undone while there are orders: a name does not tell the drink"
        )


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_alter_order_status")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="drink_name",
            field=models.CharField(default="", max_length=255),
            preserve_default=False,
        ),
        migrations.RunPython(copy_drink_names, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="order", name="drink"),
        migrations.RunPython(migrations.RunPython.noop, refuse_orders_without_drink, elidable=True),
    ]
