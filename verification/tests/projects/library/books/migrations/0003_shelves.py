from django.db import migrations


def add_shelves(apps, schema_editor):
    shelf = apps.get_model("books", "Shelf")
    for name in ("science", "fiction"):
        shelf.objects.create(name=name)


class Migration(migrations.Migration):
    dependencies = [("books", "0002_book_pages")]
    operations = [migrations.RunPython(add_shelves, migrations.RunPython.noop)]
