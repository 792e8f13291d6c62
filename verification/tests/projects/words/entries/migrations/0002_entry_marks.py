from django.contrib.postgres.fields import HStoreField
from django.contrib.postgres.operations import HStoreExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("entries", "0001_initial")]
    operations = [
        HStoreExtension(),
        migrations.AddField("entry", "marks", HStoreField(default=dict)),
    ]
