from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("left", "0002_hand_size")]
    operations = [
        migrations.CreateModel(name="Glove", fields=[("id", models.BigAutoField(primary_key=True))]),
    ]
