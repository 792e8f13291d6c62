from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_update_client_error_info_help_text")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="drink_number",
            field=models.CharField(blank=True, max_length=255, null=True),
        ),
    ]
