from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    # In the middle of what the squash of books replaces.
    dependencies = [("books", "0002_book_pages")]
    operations = [
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("until", models.DateField()),
                ("book", models.ForeignKey(on_delete=models.CASCADE, to="books.book")),
            ],
        ),
    ]
