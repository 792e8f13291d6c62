"""Faults of the migrations: the squash against its originals, and the models against both (Property 5)."""

from typing import Final

from tools.faults.model import APP, Edit, Fault, fault, harmless

MIGRATIONS: Final = f"{APP}/migrations"
SQUASH: Final = f"{MIGRATIONS}/0001_squashed_0026_add_status_check_type.py"
SCHEMA: Final = "schema.squash"
WRITTEN: Final = "schema.written"
MODELS: Final = f"{APP}/models/merchants.py"
INDEX: Final = """                    models.Index(
                        fields=["status", "status_check_type", "next_check_at"], name="payments_or_status_idx"
                    ),
"""
PARTIAL: Final = """                        condition=models.Q(("next_check_at__isnull", False), ("status", "pending")),
"""
UNIQUE: Final = '                "unique_together": {("merchant", "scenario")},\n'
BACKGROUND: Final = f"{MIGRATIONS}/0025_add_background_check_index.py"


def squash(name: str, old: str, new: str) -> Fault:
    """Return a fault of the squash."""
    return fault(name, SCHEMA, Edit(SQUASH, old, new))


# fmt: off
FAULTS: Final = (
    squash("an index is missing", INDEX, ""),
    squash("an index on other columns", INDEX, INDEX.replace('"status", "status_check_type"', '"status_check_type", "status"')),
    squash("an index of another name", INDEX, INDEX.replace("payments_or_status_idx", "payments_or_state_idx")),
    squash("an index in descending order", INDEX, INDEX.replace('"next_check_at"]', '"-next_check_at"]')),
    squash("a partial index without its condition", PARTIAL, ""),
    squash("a partial index with another condition", PARTIAL, PARTIAL.replace("False", "True")),
    squash("a unique constraint is missing", UNIQUE, ""),
    squash("a unique constraint on other columns", UNIQUE, UNIQUE.replace('"scenario"', '"status_check_type"')),
    squash("a column is missing", '                ("drink_number", models.CharField(blank=True, max_length=255, null=True)),\n', ""),
    squash("a column too many", '                ("drink_name", models.CharField(max_length=255)),\n', '                ("drink_name", models.CharField(max_length=255)),\n                ("drink_note", models.TextField(null=True)),\n'),
    squash("a column of another length", '("drink_name", models.CharField(max_length=255))', '("drink_name", models.CharField(max_length=200))'),
    squash("a column of another type", '("last_interaction", models.DateTimeField())', '("last_interaction", models.DateField())'),
    squash("a column that may be null", '("last_interaction", models.DateTimeField())', '("last_interaction", models.DateTimeField(null=True))'),
    squash("a column that may not be null", '("expires_at", models.DateTimeField(blank=True, null=True))', '("expires_at", models.DateTimeField())'),
    squash("a number of another precision", 'models.JSONField(help_text="Size number -> price")', "models.TextField()"),
    squash("a unique column that is not", '("device_uuid", models.CharField(max_length=255, unique=True))', '("device_uuid", models.CharField(max_length=255))'),
    squash("a unique column too many", '("transaction_id", models.CharField(blank=True, max_length=255))', '("transaction_id", models.CharField(blank=True, max_length=255, unique=True))'),
    squash("a column with an index", '("scenario", models.CharField(max_length=50))', '("scenario", models.CharField(max_length=50, db_index=True))'),
    squash("a check of positive numbers is missing", 'models.PositiveIntegerField(help_text="In kopecks")', 'models.IntegerField(help_text="In kopecks")'),
    squash("a smaller number", '("amount", models.PositiveIntegerField', '("amount", models.PositiveSmallIntegerField'),
    squash("another key", "models.BigAutoField(\n", "models.AutoField(\n"),
    squash("a default in the database", '("available", models.BooleanField(default=True))', '("available", models.BooleanField(db_default=True))'),
    squash("another column name", '("redirect_url", models.URLField(blank=True, null=True))', '("redirect_url", models.URLField(blank=True, null=True, db_column="redirect"))'),
    fault("an original that is not in the squash", SCHEMA, Edit(BACKGROUND, "AND \"status\" = 'pending'", "AND \"status\" = 'created'")),
    fault("an original whose statement makes another index", SCHEMA, Edit(BACKGROUND, '("status", "next_check_at", "expires_at")\nWHERE', '("status", "expires_at", "next_check_at")\nWHERE')),
    fault("a model without its migration", WRITTEN, Edit(MODELS, "class Drink(models.Model):\n", "class Drink(models.Model):\n    note = models.TextField(null=True)\n"), select="written"),
    fault("a model whose field has another length", WRITTEN, Edit(f"{MIGRATIONS}/0027_add_payment_follow_up_and_make_evidence.py", 'help_text="The scenario that the payment was started with", max_length=50', 'help_text="The scenario that the payment was started with", max_length=60'), select="written"),
    fault("an index of the models is missing", WRITTEN, Edit(f"{MIGRATIONS}/0028_add_follow_up_indexes.py", 'index=models.Index(fields=["transaction_id"], name="payments_payment_txn_idx")', 'index=models.Index(fields=["transaction_id"], name="payments_payment_tx_idx")'), select="written"),
    harmless("a comment in the squash", "schema_squash or written", Edit(SQUASH, "    dependencies = []\n", "    dependencies = []  # none\n")),
    harmless("initial = True", "schema_squash or written", Edit(SQUASH, "    dependencies = []\n", "    initial = True\n    dependencies = []\n")),
    harmless("columns in another order", "schema_squash", Edit(SQUASH, '                ("client_info_pending", models.TextField(blank=True, null=True)),\n                ("client_info_paid", models.TextField(blank=True, null=True)),\n', '                ("client_info_paid", models.TextField(blank=True, null=True)),\n                ("client_info_pending", models.TextField(blank=True, null=True)),\n')),
)
# fmt: on
