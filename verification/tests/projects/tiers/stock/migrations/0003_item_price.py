from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_item_count")]
    operations = [
        migrations.AddField("item", "price", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
    ]
