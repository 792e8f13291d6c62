from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_add_device_status_client_info_fields")]

    operations = [
        migrations.AddField(
            model_name="device", name="client_info_make_failed", field=models.TextField(blank=True, null=True)
        ),
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
                    ("make_failed", "Make failed"),
                    ("failed", "Failed"),
                ],
                max_length=50,
            ),
        ),
    ]
