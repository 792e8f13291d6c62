from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_squashed_0003_item_price")]
    operations = [
        migrations.AddField("item", "seen", models.DateTimeField(null=True)),
    ]
