from django.db import migrations, models

from ._steps import (
    ALTERED,
    CREATED,
    compact,
    hyphenate,
    pattern_index,
    rename_links_on_the_way_back,
    require_uuids,
    rows,
    settle_constraints,
)

# The key itself and the columns that follow it.
ORDER_ID_COLUMNS = (("Order", "id"), ("Payment", "order_id"), ("Receipt", "order_id"))


def to_text(apps, schema_editor):
    """PostgreSQL's own cast gives the hyphenated form; elsewhere 32 hex digits were stored."""
    if not schema_editor.connection.features.has_native_uuid_field:
        for model, column in ORDER_ID_COLUMNS:
            hyphenate(rows(apps, schema_editor, model), column)
    settle_constraints(schema_editor)


def from_text(apps, schema_editor):
    if not schema_editor.connection.features.has_native_uuid_field:
        for model, column in ORDER_ID_COLUMNS:
            compact(rows(apps, schema_editor, model), column)
    settle_constraints(schema_editor)


def require_uuids_on_the_way_back(apps, schema_editor):
    require_uuids("Order.id", rows(apps, schema_editor, "Order").values_list("id", flat=True))


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_device_client_info_device_logo_url")]

    operations = [
        rename_links_on_the_way_back(ALTERED, CREATED),
        migrations.RenameField(
            model_name="order", old_name="external_order_id", new_name="payment_reference_id"
        ),
        migrations.AlterField(
            model_name="order",
            name="id",
            field=models.CharField(max_length=255, primary_key=True, serialize=False),
        ),
        migrations.RunPython(to_text, from_text, elidable=True),
        pattern_index("payments_order", "id", "payments_order_id_9de03256_like"),
        migrations.RunPython(migrations.RunPython.noop, require_uuids_on_the_way_back, elidable=True),
    ]
