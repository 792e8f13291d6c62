"""Settings of the guilty project: two aliases of one database, and a broker that nobody runs."""

import os

SECRET_KEY = os.environ["GUILTY_SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "verification.health.violating_project.urls"
WSGI_APPLICATION = "verification.health.violating_project.wsgi.application"
USE_TZ = True
_database = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ["GUILTY_NAME"],
    "USER": os.environ["GUILTY_USER"],
    "PASSWORD": os.environ["GUILTY_PASSWORD"],
    "HOST": os.environ["GUILTY_HOST"],
    "PORT": os.environ["GUILTY_PORT"],
}
DATABASES = {"default": _database, "second": dict(_database)}
BROKER_URL = "tcp://127.0.0.1:9/"
"""Port 9 (discard, RFC 863) is closed on any machine of today."""
