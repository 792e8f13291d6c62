from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [("facts", "0001_initial"), ("facts", "0002_fact_day_idx")]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("day", models.DateField()),
            ],
        ),
        migrations.AddIndex("fact", models.Index(fields=["day"], name="fact_day_idx")),
    ]
