from django.db import migrations, models

from payments.migrations._steps import AddFieldOnline


class Migration(migrations.Migration):
    """Each column in a transaction of its own: requests write both tables, and would wait for each other's locks."""

    atomic = False

    dependencies = [("payments", "0026_add_status_check_type")]

    operations = [
        AddFieldOnline(
            model_name="order",
            name="make_claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddFieldOnline(
            model_name="order",
            name="make_sent_at",
            field=models.DateTimeField(
                blank=True, help_text="Written just before the make command goes out", null=True
            ),
        ),
        AddFieldOnline(
            model_name="order",
            name="make_answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddFieldOnline(
            model_name="order",
            name="make_answer",
            field=models.CharField(
                blank=True, help_text="What the make command was answered", max_length=255, null=True
            ),
        ),
        AddFieldOnline(
            model_name="payment",
            name="scenario",
            field=models.CharField(
                blank=True, help_text="The scenario that the payment was started with", max_length=50, null=True
            ),
        ),
        AddFieldOnline(
            model_name="payment",
            name="provider_status",
            field=models.CharField(
                blank=True, help_text="The provider's own word in its last answer", max_length=50, null=True
            ),
        ),
        AddFieldOnline(
            model_name="payment",
            name="next_check_at",
            field=models.DateTimeField(
                blank=True, help_text="When the provider is asked again; empty: never", null=True
            ),
        ),
        AddFieldOnline(
            model_name="payment",
            name="last_check_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddFieldOnline(
            model_name="payment",
            name="doubt",
            field=models.CharField(
                blank=True,
                choices=[
                    ("differs", "Оплачено, но сумма, валюта или заказ не совпадают"),
                    ("paid_twice", "Заказ оплачен дважды: нужен возврат"),
                    ("no_answer", "Провайдер так и не ответил об этом платеже"),
                ],
                max_length=20,
                null=True,
            ),
        ),
        AddFieldOnline(
            model_name="payment",
            name="closed_at",
            field=models.DateTimeField(
                blank=True, help_text="When staff, or a refund, ended the doubt", null=True
            ),
        ),
        AddFieldOnline(
            model_name="payment",
            name="refunded_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="In kopecks, as the provider says",
                max_digits=10,
                null=True,
            ),
        ),
    ]
