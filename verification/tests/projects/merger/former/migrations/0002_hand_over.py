from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("former", "0001_initial"), ("present", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Thing")]),
    ]
