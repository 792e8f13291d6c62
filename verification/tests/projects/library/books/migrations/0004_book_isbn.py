from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0003_shelves")]
    operations = [
        migrations.AlterField("book", "isbn", models.CharField(max_length=20, unique=True)),
        migrations.AddConstraint(
            "book", models.CheckConstraint(condition=models.Q(pages__gte=0), name="book_pages_check")
        ),
    ]
