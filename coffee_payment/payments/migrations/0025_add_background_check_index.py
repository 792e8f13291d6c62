from django.db import migrations, models

CREATE = """
CREATE INDEX "payments_order_bg_check_idx"
ON "payments_order" ("status", "next_check_at", "expires_at")
WHERE ("next_check_at" IS NOT NULL AND "status" = 'pending')
"""
DROP = 'DROP INDEX "payments_order_bg_check_idx"'


class Migration(migrations.Migration):
    dependencies = [("payments", "0024_add_client_info_manual_make")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.AddIndex(
                    model_name="order",
                    index=models.Index(
                        condition=models.Q(("next_check_at__isnull", False), ("status", "pending")),
                        fields=["status", "next_check_at", "expires_at"],
                        name="payments_order_bg_check_idx",
                    ),
                ),
            ],
        ),
    ]
