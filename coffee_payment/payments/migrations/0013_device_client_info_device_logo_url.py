from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_set_default_payment_scenario")]

    operations = [
        migrations.AddField(
            model_name="device", name="client_info", field=models.TextField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="device", name="logo_url", field=models.URLField(blank=True, null=True)
        ),
    ]
