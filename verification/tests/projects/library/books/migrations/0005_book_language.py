from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0004_book_isbn")]
    operations = [
        migrations.AddField(
            "book",
            "language",
            models.CharField(choices=[("en", "English"), ("fr", "French")], default="en", max_length=2),
        ),
    ]
