from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [("left", "0001_initial"), ("left", "0002_hand_size")]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Hand",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("size", models.IntegerField(default=0)),
            ],
        ),
    ]
