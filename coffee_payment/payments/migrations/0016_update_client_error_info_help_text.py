from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_add_client_error_info_to_device")]

    operations = [
        migrations.AlterField(
            model_name="device",
            name="client_error_info",
            field=models.TextField(
                blank=True, help_text="Shown on the error page; HTML is allowed", null=True
            ),
        ),
    ]
