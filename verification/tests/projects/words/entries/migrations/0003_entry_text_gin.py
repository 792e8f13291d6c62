from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("entries", "0002_entry_marks")]
    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            "entry", GinIndex(fields=["text"], name="entry_text_gin", opclasses=["gin_trgm_ops"])
        ),
    ]
