from django.db import migrations, models

from ._steps import compact, hyphenate, pattern_index, require_uuids, rows


def to_text(apps, schema_editor):
    if not schema_editor.connection.features.has_native_uuid_field:
        hyphenate(rows(apps, schema_editor, "Device"), "device_uuid")


def from_text(apps, schema_editor):
    if not schema_editor.connection.features.has_native_uuid_field:
        compact(rows(apps, schema_editor, "Device"), "device_uuid")


def require_uuids_on_the_way_back(apps, schema_editor):
    ids = rows(apps, schema_editor, "Device").values_list("device_uuid", flat=True)
    require_uuids("Device.device_uuid", ids)


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_device_device_uuid")]

    operations = [
        migrations.AlterField(
            model_name="device", name="device_uuid", field=models.CharField(max_length=255, unique=True)
        ),
        migrations.RunPython(to_text, from_text, elidable=True),
        pattern_index("payments_device", "device_uuid", "payments_device_device_uuid_73359128_like"),
        migrations.RunPython(migrations.RunPython.noop, require_uuids_on_the_way_back, elidable=True),
    ]
