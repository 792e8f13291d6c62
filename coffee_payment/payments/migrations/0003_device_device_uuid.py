import uuid

from django.db import migrations, models

from ._steps import rows


def give_each_device_an_id(apps, schema_editor):
    devices = rows(apps, schema_editor, "Device")
    for uuid_ in devices.filter(device_uuid=None).values_list("pk", flat=True):
        devices.filter(pk=uuid_).update(device_uuid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_remove_device_merchant_id_remove_order_device_uuid_and_more")]

    operations = [
        migrations.AddField(
            model_name="device", name="device_uuid", field=models.UUIDField(null=True, unique=True)
        ),
        migrations.RunPython(give_each_device_an_id, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(model_name="device", name="device_uuid", field=models.UUIDField(unique=True)),
    ]
