from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("former", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Thing",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True)),
                        ("label", models.CharField(max_length=30)),
                    ],
                    options={"db_table": "things"},
                )
            ]
        ),
    ]
