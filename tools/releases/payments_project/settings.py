"""The payments app alone, as its migrations leave it."""

SECRET_KEY = "of a judged release"  # noqa: S105 - no server runs with it
CREDENTIALS_ENCRYPTION_KEY = ["bm90IGEgc2VjcmV0OiBhIGtleSBvZiB0ZXN0cy4uLi4="]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["payments"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "payments"}}
