"""Why each finding about a real release is right, as found by hand."""

from typing import Final

M: Final = {
    number: f"payments.{name}"
    for number, name in {
        2: "0002_remove_device_merchant_id_remove_order_device_uuid_and_more",
        3: "0003_device_device_uuid",
        4: "0004_alter_device_device_uuid",
        8: "0008_remove_order_drink_order_drink_name",
        9: "0009_order_expires_at_alter_order_status",
        10: "0010_device_payment_scenario",
        14: "0014_migrate_order_id_to_charfield",
        20: "0020_add_yookassa_receipt_fields",
        21: "0021_fix_receipt_order_id_type",
        23: "0023_add_background_payment_check_fields",
        25: "0025_add_background_check_index",
        26: "0026_add_status_check_type",
    }.items()
}
REMARKS: Final[dict[tuple[str, str], str]] = {
    (
        M[2],
        "fails-on-rows",
    ): "Right: it replaces plain ids by foreign keys of the same name, carries no link over, and "
    "its first step refuses tables with rows.",
    (
        M[3],
        "release-must-be-split",
    ): "Right: the column is required and has no default in the database, so the old code "
    "cannot insert a device; the new code selects a column that the old schema has not.",
    (
        M[4],
        "old-code-breaks",
    ): "Right: the old code sends a uuid, and PostgreSQL has no operator for varchar = uuid.",
    (
        M[8],
        "lock-held-while-working",
    ): "Right: AddField takes an ACCESS EXCLUSIVE lock on the orders, and the UPDATE of "
    "all of them follows in the same transaction.",
    (
        M[8],
        "deadlock",
    ): "Right: the orders are locked first, and RemoveField of the foreign key then locks the drinks; "
    "who writes a drink and then an order waits the other way round.",
    (
        M[8],
        "release-must-be-split",
    ): "Right: the old code selects drink_id, which is gone; the new code selects "
    "drink_name, which is not there yet.",
    (
        M[9],
        "lock-held-while-working",
    ): "Right: the lock of AddField stays during the SELECT DISTINCT and the UPDATE of all orders.",
    (
        M[10],
        "release-must-be-split",
    ): "Right: Django drops the default of the new required column at once, so the old "
    "code cannot insert a device.",
    (
        M[14],
        "table-rewritten",
    ): "Right: uuid and varchar have other forms on disk, so the orders are written anew, and so are payments and "
    "receipts, whose foreign keys follow.",
    (
        M[14],
        "index-built-under-lock",
    ): "Right: CREATE INDEX, and the ACCESS EXCLUSIVE lock of the new type is still there.",
    (
        M[14],
        "deadlock",
    ): "Right: the orders are locked by RENAME COLUMN, and later payments and receipts by their new type; who "
    "writes a payment and then its order waits the other way round.",
    (
        M[14],
        "release-must-be-split",
    ): "Right: a column that both codes select is renamed, and PostgreSQL has no operator for varchar = uuid.",
    (
        M[20],
        "release-must-be-split",
    ): "Right: the key of the drinks becomes text, which the old code compares with a uuid; and receipts get a "
    "required column whose default Django drops at once.",
    (
        M[21],
        "scanned-under-lock",
    ): "Right: a foreign key that is not NOT VALID, and SET NOT NULL without a valid check, read the whole table; "
    "its ACCESS EXCLUSIVE lock stays from the first ALTER TABLE on.",
    (
        M[21],
        "index-built-under-lock",
    ): "Right: AddField of a foreign key builds its index in the same transaction.",
    (
        M[21],
        "lock-held-while-working",
    ): "Right: dropping a foreign key locks the orders as well, and they stay locked while all receipts and "
    "payments are copied twice.",
    (
        M[21],
        "deadlock",
    ): "Right: one transaction locks the receipts, then the orders, then the payments.",
    (
        M[23],
        "release-must-be-split",
    ): "Right: check_attempts is required, and Django drops its default at once.",
    (
        "django_celery_beat.0014_remove_clockedschedule_enabled",
        "release-must-be-split",
    ): "Right: the column goes that the old code selects, and the new code does not write it, though it is required.",
    (
        "2.4.0",
        "could not run",
    ): "Right: 0006 hashes the secret of each application in Python, 4,000 here, and is not done within the limit.",
    (
        M[25],
        "index-built-under-lock",
    ): "Right: CREATE INDEX without CONCURRENTLY takes a SHARE lock, and nobody writes an order meanwhile.",
    (
        M[26],
        "index-built-under-lock",
    ): "Right: CREATE INDEX, and the ACCESS EXCLUSIVE lock of AddField is still there.",
    (
        M[26],
        "unbatched-backfill",
    ): "Right: one UPDATE changes nearly all orders, under the same lock.",
    (
        M[26],
        "reads-blocked",
    ): "Right: AddField locks the credentials first, a small table, and they stay locked until the orders are done.",
    (
        "oauth2_provider.0012_add_token_checksum",
        "index-built-under-lock",
    ): "Right: AlterField to unique=True builds the index while the lock of AddField is still there.",
    (
        "oauth2_provider.0012_add_token_checksum",
        "unbatched-backfill",
    ): "Right: every access token is saved in the transaction that has added the column.",
    (
        "oauth2_provider.0012_add_token_checksum",
        "release-must-be-split",
    ): "Right: the checksum is required, and the old code does not write it.",
    (
        "oauth2_provider.0006_alter_application_client_secret",
        "applied-migration-edited",
    ): "Right: the function that hashes the secrets is another one; what it leaves is the same.",
    (
        "oauth2_provider.0012_add_token_checksum",
        "applied-migration-edited",
    ): "Right: its backfill goes in batches now, and leaves out models that are swapped.",
    (
        "oauth2_provider.0013_alter_application_authorization_grant_type_device",
        "deadlock",
    ): "Right: one transaction alters the applications and then locks the users, to whom a new table points.",
    (
        "oauth2_provider.0015_refreshtoken_token_checksum",
        "scanned-under-lock",
    ): "Right: SET NOT NULL reads all refresh tokens while the lock of AddField is still there.",
    (
        "oauth2_provider.0015_refreshtoken_token_checksum",
        "index-built-under-lock",
    ): "Right: the unique index is built in the same transaction.",
    (
        "oauth2_provider.0015_refreshtoken_token_checksum",
        "unbatched-backfill",
    ): "Right: all refresh tokens are changed in the transaction that has added the column.",
    (
        "oauth2_provider.0015_refreshtoken_token_checksum",
        "release-must-be-split",
    ): "Right: the checksum is required, and the old code does not write it.",
    (
        "oauth2_provider.0018_resource_indicators",
        "release-must-be-split",
    ): "Right: two tables get a required column whose default Django drops at once.",
    (
        "oauth2_provider.0019_application_registration_source",
        "lock-held-while-working",
    ): "Right: AddField takes an ACCESS EXCLUSIVE lock, and UPDATE follows in the same transaction.",
    (
        "oauth2_provider.0019_application_registration_source",
        "release-must-be-split",
    ): "Right: a required column whose default Django drops at once.",
    (
        "oauth2_provider.0022_refreshtoken_token_family_index",
        "index-built-under-lock",
    ): "Right: AddIndex without CONCURRENTLY.",
    (
        "socialaccount.0001_initial",
        "applied-migration-edited",
    ): "Right: extra_data is a field of another class there. Its type in the database is the same, so no harm is done.",
    (
        "socialaccount.0003_extra_data_default_dict",
        "applied-migration-edited",
    ): "Right: the same field.",
    (
        "socialaccount.0006_alter_socialaccount_extra_data",
        "fails-on-rows",
    ): "Right for the schema: a text column may hold what is no JSON. allauth itself writes JSON "
    "there: with --dump of a real database it would pass.",
    (
        "socialaccount.0005_socialtoken_nullable_app",
        "scanned-under-lock",
    ): "Right: to make a foreign key optional Django drops the constraint and adds it again, which reads the table.",
    (
        "account.0003_alter_emailaddress_create_unique_verified_email",
        "index-built-under-lock",
    ): "Right: a unique constraint and a partial unique index are built under the lock.",
    (
        "account.0005_emailaddress_idx_upper_email",
        "index-built-under-lock",
    ): "Right: AddIndex without CONCURRENTLY.",
    (
        "account.0007_emailaddress_idx_email",
        "index-built-under-lock",
    ): "Right: db_index=True builds the index under the lock.",
    (
        "account.0009_emailaddress_unique_primary_email",
        "index-built-under-lock",
    ): "Right: a partial unique index is built under the lock.",
    (
        "account.0008_emailaddress_unique_primary_email_fixup",
        "writes-blocked",
    ): "Right: it changes rows one by one in one transaction, and who writes such a row waits for its end.",
    (
        "account.0009_emailaddress_unique_primary_email",
        "old-code-breaks",
    ): "Right: the old code may write a second primary address, which the new index refuses.",
    (
        "account.0007_emailaddress_idx_email",
        "reverse-differs",
    ): "Right: to remove db_index on the way back Django drops every index of the column, the partial unique "
    "one among them.",
    (
        "account.0008_emailaddress_unique_primary_email_fixup",
        "reverse-differs",
    ): "Right: which addresses were primary is not kept.",
}
"""Migration and code -> one sentence."""
