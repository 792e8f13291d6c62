from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]
    operations = [
        migrations.AddField("book", "pages", models.IntegerField(default=0)),
        migrations.AddIndex("book", models.Index(fields=["title", "-pages"], name="book_title_idx")),
    ]
