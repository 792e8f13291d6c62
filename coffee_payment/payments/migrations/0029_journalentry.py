import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0028_add_follow_up_indexes")]

    operations = [
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("order_id", models.CharField(max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("step", "Шаг"),
                            ("notification", "Уведомление"),
                            ("call", "Ответ провайдера"),
                            ("command", "Команда автомату"),
                            ("staff", "Персонал"),
                            ("ledger", "Платёж"),
                        ],
                        max_length=20,
                    ),
                ),
                ("cause", models.CharField(max_length=255)),
                ("from_status", models.CharField(blank=True, max_length=50, null=True)),
                ("to_status", models.CharField(blank=True, max_length=50, null=True)),
                ("payment_id", models.CharField(blank=True, max_length=255, null=True)),
                ("actor", models.CharField(blank=True, max_length=150, null=True)),
                ("request_id", models.CharField(blank=True, max_length=64, null=True)),
                ("detail", models.JSONField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "Запись журнала",
                "verbose_name_plural": "Журнал",
                "indexes": [
                    models.Index(fields=["order_id", "id"], name="payments_journal_order_idx"),
                ],
            },
        ),
    ]
