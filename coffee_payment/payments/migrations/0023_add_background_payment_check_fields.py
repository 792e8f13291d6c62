from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0022_add_test_status_to_device")]

    operations = [
        migrations.AddField(
            model_name="order", name="payment_started_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="order", name="next_check_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="order", name="last_check_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="order",
            name="check_attempts",
            field=models.IntegerField(default=0, help_text="Consecutive failed checks"),
        ),
        migrations.AddField(
            model_name="order",
            name="failed_presentation_desc",
            field=models.TextField(blank=True, help_text="The reason as the customer sees it", null=True),
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
                    ("manual_make", "Manual make"),
                    ("failed", "Failed"),
                ],
                max_length=50,
            ),
        ),
    ]
