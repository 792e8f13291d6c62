"""Goods and buyers: small, with one large table, one that it points to and one that stays small."""

SECRET_KEY = "of a test"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["goods"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "store"}}
