from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [("stock", "0001_squashed_0002_item_count"), ("stock", "0003_item_price")]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("code", models.CharField(max_length=20)),
                ("count", models.IntegerField(default=0)),
                ("price", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
            ],
        ),
    ]
