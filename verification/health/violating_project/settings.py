"""Settings of the violating project: two aliases of one database, and a broker that does not run."""

import os

SECRET_KEY = os.environ["VIOLATING_SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = f"{__package__}.urls"
WSGI_APPLICATION = f"{__package__}.wsgi.application"
USE_TZ = True
_database = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ["VIOLATING_NAME"],
    "USER": os.environ["VIOLATING_USER"],
    "PASSWORD": os.environ["VIOLATING_PASSWORD"],
    "HOST": os.environ["VIOLATING_HOST"],
    "PORT": os.environ["VIOLATING_PORT"],
}
DATABASES = {"default": _database, "second": dict(_database)}
BROKER_URL = "tcp://127.0.0.1:9/"
"""Port 9 (discard, RFC 863): nothing listens there."""
