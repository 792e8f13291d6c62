from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [("books", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Sign",
            fields=[("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())],
        ),
    ]
