from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_migrate_order_id_to_charfield")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="client_error_info",
            field=models.TextField(blank=True, help_text="Shown on the error page", null=True),
        ),
        migrations.AlterField(
            model_name="order",
            name="payment_reference_id",
            field=models.CharField(
                blank=True, help_text="The provider's id of the current payment", max_length=255, null=True
            ),
        ),
    ]
