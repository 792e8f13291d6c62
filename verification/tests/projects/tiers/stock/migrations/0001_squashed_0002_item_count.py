from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [("stock", "0001_initial"), ("stock", "0002_item_count")]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("code", models.CharField(max_length=20)),
                ("count", models.IntegerField(default=0)),
            ],
        ),
    ]
