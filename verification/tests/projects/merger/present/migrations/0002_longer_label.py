from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("present", "0001_initial"), ("former", "0002_hand_over")]
    operations = [
        migrations.AlterField("thing", "label", models.CharField(max_length=40)),
    ]
