from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0025_add_background_check_index")]

    operations = [
        migrations.AddField(
            model_name="merchantcredentials",
            name="status_check_type",
            field=models.CharField(
                choices=[("polling", "Polling"), ("webhook", "Webhook"), ("none", "None")],
                default="polling",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="status_check_type",
            field=models.CharField(
                blank=True,
                choices=[("polling", "Polling"), ("webhook", "Webhook"), ("none", "None")],
                max_length=20,
                null=True,
            ),
        ),
        # Orders under way were all polled; a created one freezes its type when its payment starts.
        migrations.RunSQL(
            """UPDATE "payments_order" SET "status_check_type" = 'polling' WHERE "status" <> 'created'""",
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["status", "status_check_type", "next_check_at"], name="payments_or_status_idx"
            ),
        ),
    ]
