from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0030_staffcase")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="payment_scenario",
            field=models.CharField(
                blank=True,
                help_text="The scenario that the current payment was started with",
                max_length=50,
                null=True,
            ),
        ),
    ]
