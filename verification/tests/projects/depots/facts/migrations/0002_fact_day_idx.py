from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facts", "0001_initial")]
    operations = [
        migrations.AddIndex("fact", models.Index(fields=["day"], name="fact_day_idx")),
    ]
