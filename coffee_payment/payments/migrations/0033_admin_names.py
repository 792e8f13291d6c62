from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0032_bind_credentials"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="device",
            options={"verbose_name": "Автомат", "verbose_name_plural": "Автоматы"},
        ),
        migrations.AlterModelOptions(
            name="drink",
            options={"verbose_name": "Напиток", "verbose_name_plural": "Напитки"},
        ),
        migrations.AlterModelOptions(
            name="merchant",
            options={"verbose_name": "Продавец", "verbose_name_plural": "Продавцы"},
        ),
        migrations.AlterModelOptions(
            name="merchantcredentials",
            options={"verbose_name": "Ключи продавца", "verbose_name_plural": "Ключи продавцов"},
        ),
        migrations.AlterModelOptions(
            name="order",
            options={"verbose_name": "Заказ", "verbose_name_plural": "Заказы"},
        ),
        migrations.AlterModelOptions(
            name="payment",
            options={"verbose_name": "Попытка оплаты", "verbose_name_plural": "Попытки оплаты"},
        ),
        migrations.AlterModelOptions(
            name="receipt",
            options={"verbose_name": "Чек", "verbose_name_plural": "Чеки"},
        ),
        migrations.AlterModelOptions(
            name="tbankpayment",
            options={"verbose_name": "Платёж Т-Банка", "verbose_name_plural": "Платежи Т-Банка"},
        ),
        migrations.AlterModelOptions(
            name="user",
            options={"verbose_name": "Покупатель", "verbose_name_plural": "Покупатели"},
        ),
    ]
