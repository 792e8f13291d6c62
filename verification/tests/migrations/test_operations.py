"""Which operation of a migration file makes an object, and on which line."""

from pathlib import Path

import pytest

from verification.migrations.plan.operations import creating, making

MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("status", models.CharField(choices=[("created", "Created"), ("note", "Note")], max_length=50)),
                ("device", models.ForeignKey("Device", models.CASCADE)),
            ],
            options={"indexes": [models.Index(fields=["status"], name="order_status_idx")]},
        ),
        migrations.CreateModel(name="Device", fields=[("status", models.TextField())]),
        migrations.AddField(model_name="order", name="note", field=models.TextField(null=True)),
        migrations.AlterField(model_name="order", name="note", field=models.TextField()),
        migrations.AddIndex(model_name="order", index=models.Index(fields=["note"], name="order_note_idx")),
        migrations.RunSQL("CREATE INDEX order_raw_idx ON shop_order (note) WHERE note <> 'order_raw'"),
    ]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A migration of an app."""
    written = tmp_path / "0002_order.py"
    written.write_text(MIGRATION, encoding="utf-8")
    return written


@pytest.mark.parametrize(
    ("model", "names", "source"),
    [
        ("order", ("order_note_idx",), "migrations.AddIndex("),
        ("order", ("order_status_idx",), 'models.Index(fields=["status"], name="order_status_idx")'),
        ("order", ("device_id", "device"), '("device", models.ForeignKey('),
        ("order", ("status",), '("status", models.CharField('),
        ("device", ("status",), '("status", models.TextField())'),
        ("order", ("note",), "migrations.AlterField("),
        ("order", ("order_raw_idx",), "migrations.RunSQL("),
    ],
)
def test_the_operation_that_makes_an_object(
    file: Path, model: str, names: tuple[str, ...], source: str
) -> None:
    """The innermost field or index of a model, the last operation on a field, and SQL that names the object."""
    found = making(file, model, names)

    assert found is not None
    assert found.source.startswith(source)
    assert source.partition("(")[0] in MIGRATION.splitlines()[found.line - 1]


@pytest.mark.parametrize(
    ("model", "names"),
    [("order", ("order_other_idx",)), ("device", ("order_note_idx",)), ("order", ("raw",))],
)
def test_what_no_operation_names(file: Path, model: str, names: tuple[str, ...]) -> None:
    """Nothing, rather than a line that has nothing to do with it."""
    assert making(file, model, names) is None


def test_the_model_of_a_missing_object(file: Path) -> None:
    """Where an object belongs that a migration lacks: at the model that it is part of."""
    order, device = creating(file, "order"), creating(file, "device")

    assert order is not None
    assert device is not None
    assert (order.line, device.line) == (7, 16)
    assert creating(file, "drink") is None
