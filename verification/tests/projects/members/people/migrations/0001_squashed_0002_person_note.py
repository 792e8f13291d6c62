from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [("people", "0001_initial"), ("people", "0002_person_note")]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("password", models.CharField(max_length=128)),
                ("last_login", models.DateTimeField(blank=True, null=True)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("note", models.TextField(blank=True, default="")),
            ],
            options={"abstract": False},
        ),
    ]
