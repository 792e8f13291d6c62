from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("former", "0001_initial"),
        ("present", "0001_initial"),
        ("former", "0002_hand_over"),
        ("present", "0002_longer_label"),
    ]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Thing",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("label", models.CharField(max_length=40)),
            ],
            options={"db_table": "things"},
        ),
    ]
