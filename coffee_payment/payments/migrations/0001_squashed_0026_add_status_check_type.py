"""The schema of 0001 to 0026 in one step, for a database that has none of them.

Made by `squashmigrations payments 0001 0026 --squashed-name squashed_0026_add_status_check_type`, then by hand:
one-off defaults removed, the last fields and both indexes moved into their CreateModel.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import payments.fields


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0001_initial"),
        ("payments", "0002_remove_device_merchant_id_remove_order_device_uuid_and_more"),
        ("payments", "0003_device_device_uuid"),
        ("payments", "0004_alter_device_device_uuid"),
        ("payments", "0005_device_redirect_url"),
        ("payments", "0006_tbankpayment_order_external_order_id"),
        ("payments", "0007_alter_order_status"),
        ("payments", "0008_remove_order_drink_order_drink_name"),
        ("payments", "0009_order_expires_at_alter_order_status"),
        ("payments", "0010_device_payment_scenario"),
        ("payments", "0011_merchantcredentials"),
        ("payments", "0012_set_default_payment_scenario"),
        ("payments", "0013_device_client_info_device_logo_url"),
        ("payments", "0014_migrate_order_id_to_charfield"),
        ("payments", "0015_add_client_error_info_to_device"),
        ("payments", "0016_update_client_error_info_help_text"),
        ("payments", "0017_order_drink_number"),
        ("payments", "0018_add_device_status_client_info_fields"),
        ("payments", "0019_add_make_failed_status"),
        ("payments", "0020_add_yookassa_receipt_fields"),
        ("payments", "0021_fix_receipt_order_id_type"),
        ("payments", "0022_add_test_status_to_device"),
        ("payments", "0023_add_background_payment_check_fields"),
        ("payments", "0024_add_client_info_manual_make"),
        ("payments", "0025_add_background_check_index"),
        ("payments", "0026_add_status_check_type"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Merchant",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=255)),
                ("contact_email", models.EmailField(max_length=254)),
                ("bank_account", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("valid_until", models.DateField(help_text="Last day of paid service, inclusive")),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("location", models.CharField(max_length=255)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("offline", "Offline"),
                            ("error", "Error"),
                            ("test", "Test"),
                        ],
                        max_length=50,
                    ),
                ),
                ("last_interaction", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to="payments.merchant",
                    ),
                ),
                ("device_uuid", models.CharField(max_length=255, unique=True)),
                ("redirect_url", models.URLField(blank=True, null=True)),
                ("payment_scenario", models.CharField(default="Yookassa", max_length=50)),
                ("client_info", models.TextField(blank=True, null=True)),
                ("logo_url", models.URLField(blank=True, null=True)),
                (
                    "client_error_info",
                    models.TextField(
                        blank=True, help_text="Shown on the error page; HTML is allowed", null=True
                    ),
                ),
                ("client_info_pending", models.TextField(blank=True, null=True)),
                ("client_info_paid", models.TextField(blank=True, null=True)),
                ("client_info_not_paid", models.TextField(blank=True, null=True)),
                ("client_info_make_pending", models.TextField(blank=True, null=True)),
                ("client_info_successful", models.TextField(blank=True, null=True)),
                ("client_info_make_failed", models.TextField(blank=True, null=True)),
                ("client_info_manual_make", models.TextField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("size", models.IntegerField(choices=[(1, "Small"), (2, "Medium"), (3, "Large")])),
                ("price", models.DecimalField(decimal_places=2, help_text="In kopecks", max_digits=10)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("pending", "Pending"),
                            ("paid", "Paid"),
                            ("not_paid", "Not paid"),
                            ("make_pending", "Make pending"),
                            ("successful", "Successful"),
                            ("make_failed", "Make failed"),
                            ("manual_make", "Manual make"),
                            ("failed", "Failed"),
                        ],
                        max_length=50,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="payments.device",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="payments.merchant",
                    ),
                ),
                (
                    "payment_reference_id",
                    models.CharField(
                        blank=True,
                        help_text="The provider's id of the current payment",
                        max_length=255,
                        null=True,
                    ),
                ),
                ("drink_name", models.CharField(max_length=255)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("drink_number", models.CharField(blank=True, max_length=255, null=True)),
                ("payment_started_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("last_check_at", models.DateTimeField(blank=True, null=True)),
                ("check_attempts", models.IntegerField(default=0, help_text="Consecutive failed checks")),
                (
                    "failed_presentation_desc",
                    models.TextField(blank=True, help_text="The reason as the customer sees it", null=True),
                ),
                (
                    "status_check_type",
                    models.CharField(
                        blank=True,
                        choices=[("polling", "Polling"), ("webhook", "Webhook"), ("none", "None")],
                        max_length=20,
                        null=True,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False), ("status", "pending")),
                        fields=["status", "next_check_at", "expires_at"],
                        name="payments_order_bg_check_idx",
                    ),
                    models.Index(
                        fields=["status", "status_check_type", "next_check_at"], name="payments_or_status_idx"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TBankPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.PositiveIntegerField(help_text="In kopecks")),
                ("payment_url", models.URLField(blank=True, null=True)),
                ("order_id", models.CharField(max_length=255, unique=True)),
                ("payment_id", models.CharField(max_length=20, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("pending", "Pending"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=50,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("email", models.EmailField(blank=True, max_length=254, null=True)),
                ("phone", models.CharField(blank=True, max_length=20, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("contact", models.CharField(help_text="The customer's e-mail address", max_length=255)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("sent", "Sent"), ("failed", "Failed")],
                        max_length=50,
                    ),
                ),
                ("drink_no", models.CharField(blank=True, max_length=255, null=True)),
                ("amount", models.DecimalField(decimal_places=2, help_text="In kopecks", max_digits=10)),
                ("receipt_data", models.JSONField(blank=True, help_text="The receipt as sent", null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="payments.order",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Drink",
            fields=[
                ("id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("description", models.TextField()),
                ("prices", models.JSONField(help_text="Size number -> price")),
                ("available", models.BooleanField(default=True)),
                (
                    "meta",
                    models.JSONField(
                        blank=True,
                        help_text="Optional: vat_code, measure, payment_subject, payment_mode",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MerchantCredentials",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("scenario", models.CharField(max_length=50)),
                ("credentials", payments.fields.EncryptedJSONField()),
                (
                    "status_check_type",
                    models.CharField(
                        choices=[("polling", "Polling"), ("webhook", "Webhook"), ("none", "None")],
                        default="polling",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="payments.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "Merchant Credentials",
                "verbose_name_plural": "Merchant Credentials",
                "unique_together": {("merchant", "scenario")},
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("amount", models.DecimalField(decimal_places=2, help_text="In kopecks", max_digits=10)),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("successful", "Successful"), ("failed", "Failed")],
                        max_length=50,
                    ),
                ),
                ("transaction_id", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payments",
                        to="payments.merchant",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payments",
                        to="payments.order",
                    ),
                ),
            ],
        ),
    ]
