import django.utils.timezone
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from ._steps import require_uuids, rows

COLUMNS = ("name", "description", "prices", "available")


def copy(source, target):
    """A step that copies every drink; its id becomes text on the way there, a UUID on the way back."""

    def copy_rows(apps, schema_editor):
        new = apps.get_model("payments", target)
        drinks = (
            new(pk=str(drink.pk), **{column: getattr(drink, column) for column in COLUMNS})
            for drink in rows(apps, schema_editor, source).iterator(chunk_size=1000)
        )
        new._base_manager.using(schema_editor.connection.alias).bulk_create(drinks, batch_size=100)

    return copy_rows


def refuse_what_drinks_lacked(apps, schema_editor):
    drinks = rows(apps, schema_editor, "Drink")
    require_uuids("Drink.id", drinks.values_list("id", flat=True))
    if drinks.filter(meta__isnull=False).exists():
        raise IrreversibleError("0020 cannot be undone while drinks have a meta")


class Migration(migrations.Migration):
    dependencies = [("payments", "0019_add_make_failed_status")]

    operations = [
        migrations.CreateModel(
            name="DrinkTransfer",
            fields=[
                ("id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("description", models.TextField()),
                ("prices", models.JSONField()),
                ("available", models.BooleanField()),
            ],
        ),
        migrations.RunPython(copy("Drink", "DrinkTransfer"), copy("DrinkTransfer", "Drink"), elidable=True),
        migrations.DeleteModel(name="Drink"),
        migrations.CreateModel(
            name="Drink",
            fields=[
                ("id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("description", models.TextField()),
                ("prices", models.JSONField(help_text="Size number -> price")),
                ("available", models.BooleanField(default=True)),
                (
                    "meta",
                    models.JSONField(
                        blank=True,
                        help_text="Optional: vat_code, measure, payment_subject, payment_mode",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.RunPython(copy("DrinkTransfer", "Drink"), copy("Drink", "DrinkTransfer"), elidable=True),
        migrations.DeleteModel(name="DrinkTransfer"),
        migrations.AddField(
            model_name="receipt",
            name="drink_no",
            field=models.CharField(blank=True, max_length=255, null=True),
        ),
        migrations.AddField(
            model_name="receipt",
            name="amount",
            field=models.DecimalField(decimal_places=2, default=0, help_text="In kopecks", max_digits=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="receipt",
            name="receipt_data",
            field=models.JSONField(blank=True, help_text="The receipt as sent", null=True),
        ),
        migrations.AddField(
            model_name="receipt",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_what_drinks_lacked, elidable=True),
    ]
