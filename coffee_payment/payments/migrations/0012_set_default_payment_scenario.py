from django.db import migrations

from ._steps import rows


def fill_empty_scenarios(apps, schema_editor):
    rows(apps, schema_editor, "Device").filter(payment_scenario="").update(payment_scenario="Yookassa")


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_merchantcredentials")]

    operations = [
        # Nothing to undo: an empty scenario meant the default.
        migrations.RunPython(fill_empty_scenarios, migrations.RunPython.noop, elidable=True),
    ]
