from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("left", "0001_initial"), ("right", "0001_initial")]
    operations = [
        migrations.AddField("hand", "size", models.IntegerField(default=0)),
    ]
