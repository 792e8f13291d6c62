from django.db import migrations, models


def add_shelves(apps, schema_editor):
    shelf = apps.get_model("books", "Shelf")
    for name in ("fiction", "science"):
        shelf.objects.create(name=name)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("books", "0001_initial"),
        ("books", "0002_book_pages"),
        ("books", "0003_shelves"),
        ("books", "0004_book_isbn"),
    ]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=50, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=100)),
                ("isbn", models.CharField(max_length=20, unique=True)),
                ("pages", models.IntegerField(default=0)),
                ("shelf", models.ForeignKey(on_delete=models.CASCADE, to="books.shelf")),
            ],
        ),
        migrations.AddIndex("book", models.Index(fields=["title", "-pages"], name="book_title_idx")),
        migrations.AddConstraint(
            "book", models.CheckConstraint(condition=models.Q(pages__gte=0), name="book_pages_check")
        ),
        migrations.RunPython(add_shelves, migrations.RunPython.noop),
    ]
