from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0029_journalentry")]

    operations = [
        migrations.CreateModel(
            name="StaffCase",
            fields=[],
            options={
                "verbose_name": "Случай для персонала",
                "verbose_name_plural": "Случаи для персонала",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("payments.payment",),
        ),
    ]
