from django.contrib.postgres.fields import HStoreField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import HStoreExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("entries", "0001_initial"),
        ("entries", "0002_entry_marks"),
        ("entries", "0003_entry_text_gin"),
    ]
    dependencies = []
    operations = [
        HStoreExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.CharField(max_length=80)),
                ("marks", HStoreField(default=dict)),
            ],
        ),
        migrations.AddIndex(
            "entry", GinIndex(fields=["text"], name="entry_text_gin", opclasses=["gin_trgm_ops"])
        ),
    ]
