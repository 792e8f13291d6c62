from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_order_drink_number")]

    operations = [
        migrations.AddField(
            model_name="device", name="client_info_pending", field=models.TextField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="device", name="client_info_paid", field=models.TextField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="device", name="client_info_not_paid", field=models.TextField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="device",
            name="client_info_make_pending",
            field=models.TextField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="device", name="client_info_successful", field=models.TextField(blank=True, null=True)
        ),
    ]
