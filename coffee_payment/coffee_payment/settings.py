"""All settings, and the only Python file that reads the environment (gunicorn.conf.py apart).

Every variable is read as `os.getenv("NAME", "default")` with both literal, so that the README's table can be
checked against this file.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.core.management.utils import get_random_secret_key

from coffee_payment import db_ssl, logs
from coffee_payment.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

ENVIRONMENT = Environment()

# Django core

DEBUG = ENVIRONMENT.boolean("DEBUG", os.getenv("DEBUG", "False"))
SECRET_KEY = os.getenv("SECRET_KEY") or (get_random_secret_key() if DEBUG else "")
if not SECRET_KEY:
    ENVIRONMENT.problems.append("SECRET_KEY must be set when DEBUG is off")
ALLOWED_HOSTS = ENVIRONMENT.items(os.getenv("ALLOWED_HOSTS", "localhost,127.0.0.1,pay.tmetr.ru"))
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.items(os.getenv("CSRF_TRUSTED_ORIGINS", "https://pay.tmetr.ru"))
BASE_URL = os.getenv("BASE_URL", "pay.tmetr.ru")

SECURE_SSL_REDIRECT = ENVIRONMENT.boolean("SECURE_SSL_REDIRECT", os.getenv("SECURE_SSL_REDIRECT", "False"))
USE_X_FORWARDED_PROTO = ENVIRONMENT.boolean(
    "USE_X_FORWARDED_PROTO", os.getenv("USE_X_FORWARDED_PROTO", "False")
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if USE_X_FORWARDED_PROTO else None
# Browsers obey this header over https only, so plain http in development still works.
SECURE_HSTS_SECONDS = ENVIRONMENT.integer("SECURE_HSTS_SECONDS", os.getenv("SECURE_HSTS_SECONDS", "31536000"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
# HSTS preload affects the whole domain and is hard to revert; leave it to the domain owner.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if not USE_X_FORWARDED_PROTO:
    # Every request looks like plain http then: a redirect would never end, and is the business of the proxy.
    SILENCED_SYSTEM_CHECKS.append("security.W008")
COOKIES_SECURE = ENVIRONMENT.boolean("COOKIES_SECURE", os.getenv("COOKIES_SECURE", "True"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIES_SECURE and not DEBUG
TRUSTED_PROXIES = ENVIRONMENT.networks("TRUSTED_PROXIES", os.getenv("TRUSTED_PROXIES", ""))
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # of a request's body; the middleware refuses a longer one unread
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "img-src": ["'self'", "data:", "https:"],  # the logo of a device may be anywhere
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "payments",
]

MIDDLEWARE = [
    "payments.middleware.HealthMiddleware",  # first, so that no other one runs for a probe
    "payments.request_id.RequestIdMiddleware",
    "payments.client_address.ClientAddressMiddleware",
    "payments.middleware.PolicyMiddleware",
    "payments.body_limit.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "payments.admin.bad_input.BadInputMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as it asks
]

ROOT_URLCONF = "coffee_payment.urls"
WSGI_APPLICATION = "coffee_payment.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Sign-in to the admin: after too many wrong passwords account and address are locked for a time

SIGN_IN_FAILURES = ENVIRONMENT.integer("SIGN_IN_FAILURES", os.getenv("SIGN_IN_FAILURES", "10"), minimum=1)
SIGN_IN_LOCK_MINUTES = ENVIRONMENT.integer(
    "SIGN_IN_LOCK_MINUTES", os.getenv("SIGN_IN_LOCK_MINUTES", "15"), minimum=1
)
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=SIGN_IN_LOCK_MINUTES)
# Behind a proxy that is not trusted all clients would share one address.
AXES_LOCKOUT_PARAMETERS = (
    ["username"] if USE_X_FORWARDED_PROTO and not TRUSTED_PROXIES else ["username", "ip_address"]
)
AXES_CLIENT_IP_CALLABLE = "payments.client_address.ip_of"
AXES_LOCKOUT_CALLABLE = "payments.admin.sign_in.too_many"
# Otherwise anybody could keep an account locked for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_USERNAME_FORM_FIELD = "username"  # its default is an object that only looks like text

LANGUAGE_CODE = "ru"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static",) if folder.is_dir()]
# The image collects the files; a plain checkout serves them from where they are.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = not STATIC_ROOT.is_dir()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# Database and its SSL

DB_NAME = os.getenv("DB_NAME")
DB_PASSWORD = os.getenv("DB_PASSWORD")
DB_PORT = os.getenv("DB_PORT")
if DB_PORT:
    ENVIRONMENT.integer("DB_PORT", DB_PORT, minimum=1)
DB_CONN_MAX_AGE = ENVIRONMENT.seconds("DB_CONN_MAX_AGE", os.getenv("DB_CONN_MAX_AGE", "60"))
# Off behind a pooler that gives a session to others between two transactions.
DB_PREPARED_STATEMENTS = ENVIRONMENT.boolean(
    "DB_PREPARED_STATEMENTS", os.getenv("DB_PREPARED_STATEMENTS", "True")
)
DATABASE_SSL = db_ssl.configure(
    db_name=DB_NAME,
    mode=os.getenv("POSTGRES_SSL_MODE"),
    cert=os.getenv("POSTGRES_SSL_CERT"),
    key=os.getenv("POSTGRES_SSL_KEY"),
    root_cert=os.getenv("POSTGRES_SSL_ROOT_CERT"),
)
SSL_CERT_EXPIRY_WARNING_DAYS = ENVIRONMENT.integer(
    "SSL_CERT_EXPIRY_WARNING_DAYS", os.getenv("SSL_CERT_EXPIRY_WARNING_DAYS", "30")
)

DATABASES: dict[str, dict[str, Any]]
if DB_NAME:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DB_NAME,
            "USER": os.getenv("DB_USER"),
            "PASSWORD": DB_PASSWORD,
            "HOST": os.getenv("DB_HOST"),
            "PORT": DB_PORT,
            "CONN_MAX_AGE": DB_CONN_MAX_AGE,
            "CONN_HEALTH_CHECKS": True,
        }
    }
    if DATABASE_SSL.options:
        DATABASES["default"]["OPTIONS"] = DATABASE_SSL.options
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}

# TMetr API

TMETR_TOKEN = os.getenv("TMETR_TOKEN")
TMETR_HOST = os.getenv("TMETR_HOST", "test.telemetry.fwsoft.ru")
TMETR_BASE_URL = os.getenv("TMETR_BASE_URL", f"https://{TMETR_HOST}").rstrip("/")
TMETR_TIME_ZONE_OFFSET = os.getenv("TMETR_TIME_ZONE_OFFSET", "3")
TMETR_MAKE_SIZE_WORDS = ENVIRONMENT.items(os.getenv("TMETR_MAKE_SIZE_WORDS", "small,medium,large"))
if len(TMETR_MAKE_SIZE_WORDS) != 3:  # noqa: PLR2004 - one word for each size of a cup
    ENVIRONMENT.problems.append("TMETR_MAKE_SIZE_WORDS must hold three words, for the sizes 1, 2 and 3")
TMETR_MAKE_DONE_STATUSES = ENVIRONMENT.items(os.getenv("TMETR_MAKE_DONE_STATUSES", ""))

# Payment providers

YOOKASSA_BASE_URL = os.getenv("YOOKASSA_BASE_URL", "https://api.yookassa.ru/v3").rstrip("/")
T_BANK_BASE_URL = os.getenv("T_BANK_BASE_URL", "https://securepay.tinkoff.ru").rstrip("/")
CREDENTIALS_ENCRYPTION_KEY = ENVIRONMENT.items(os.getenv("CREDENTIALS_ENCRYPTION_KEY", ""))

# Application

ORDER_EXPIRATION_MINUTES = ENVIRONMENT.integer(
    "ORDER_EXPIRATION_MINUTES", os.getenv("ORDER_EXPIRATION_MINUTES", "15"), minimum=1
)
DEVICE_ONLINE_THRESHOLD_MINUTES = ENVIRONMENT.integer(
    "DEVICE_ONLINE_THRESHOLD_MINUTES", os.getenv("DEVICE_ONLINE_THRESHOLD_MINUTES", "15"), minimum=1
)
PAYMENT_SCENARIOS = ENVIRONMENT.items(os.getenv("PAYMENT_SCENARIOS", "Yookassa,YookassaReceipt,TBank,Custom"))
DEFAULT_PAYMENT_SCENARIO = ENVIRONMENT.choice(
    "DEFAULT_PAYMENT_SCENARIO", os.getenv("DEFAULT_PAYMENT_SCENARIO", "Yookassa"), PAYMENT_SCENARIOS
)
DEFAULT_DRINK_PRICE_KOPECKS = ENVIRONMENT.integer(
    "DEFAULT_DRINK_PRICE_KOPECKS", os.getenv("DEFAULT_DRINK_PRICE_KOPECKS", "0")
)
MERCHANT_TIME_ZONE = ENVIRONMENT.time_zone(
    "MERCHANT_TIME_ZONE", os.getenv("MERCHANT_TIME_ZONE", "Europe/Moscow")
)
HEALTH_METRICS_ENABLED = ENVIRONMENT.boolean(
    "HEALTH_METRICS_ENABLED", os.getenv("HEALTH_METRICS_ENABLED", "False")
)
HEALTH_DEEP_ENABLED = ENVIRONMENT.boolean("HEALTH_DEEP_ENABLED", os.getenv("HEALTH_DEEP_ENABLED", "False"))

# Limits on what strangers may do; 0 means none

SCANS_PER_ADDRESS_PER_MIN = ENVIRONMENT.integer(
    "SCANS_PER_ADDRESS_PER_MIN", os.getenv("SCANS_PER_ADDRESS_PER_MIN", "20")
)
SCANS_PER_DEVICE_PER_MIN = ENVIRONMENT.integer(
    "SCANS_PER_DEVICE_PER_MIN", os.getenv("SCANS_PER_DEVICE_PER_MIN", "60")
)
PAYMENTS_PER_ORDER_PER_MIN = ENVIRONMENT.integer(
    "PAYMENTS_PER_ORDER_PER_MIN", os.getenv("PAYMENTS_PER_ORDER_PER_MIN", "20")
)
SIGN_INS_PER_ADDRESS_PER_MIN = ENVIRONMENT.integer(
    "SIGN_INS_PER_ADDRESS_PER_MIN", os.getenv("SIGN_INS_PER_ADDRESS_PER_MIN", "20")
)
UNUSED_ORDER_HOURS = ENVIRONMENT.integer("UNUSED_ORDER_HOURS", os.getenv("UNUSED_ORDER_HOURS", "24"))

# Background payment check

PAYMENT_CHECK_INTERVAL_S = ENVIRONMENT.seconds(
    "PAYMENT_CHECK_INTERVAL_S", os.getenv("PAYMENT_CHECK_INTERVAL_S", "5"), minimum=0.1
)
PAYMENT_CHECK_BATCH_SIZE = ENVIRONMENT.integer(
    "PAYMENT_CHECK_BATCH_SIZE", os.getenv("PAYMENT_CHECK_BATCH_SIZE", "100"), minimum=1
)
PAYMENT_CHECK_THREADS = ENVIRONMENT.integer(
    "PAYMENT_CHECK_THREADS", os.getenv("PAYMENT_CHECK_THREADS", "80"), minimum=1
)
FAST_TRACK_LIMIT_S = ENVIRONMENT.seconds("FAST_TRACK_LIMIT_S", os.getenv("FAST_TRACK_LIMIT_S", "300"))
FAST_TRACK_INTERVAL_S = ENVIRONMENT.seconds("FAST_TRACK_INTERVAL_S", os.getenv("FAST_TRACK_INTERVAL_S", "2"))
SLOW_TRACK_INTERVAL_S = ENVIRONMENT.seconds("SLOW_TRACK_INTERVAL_S", os.getenv("SLOW_TRACK_INTERVAL_S", "60"))
PAYMENT_ATTEMPTS_LIMIT = ENVIRONMENT.integer(
    "PAYMENT_ATTEMPTS_LIMIT", os.getenv("PAYMENT_ATTEMPTS_LIMIT", "50")
)
PAYMENT_TRUTH_MINUTES = ENVIRONMENT.integer(
    "PAYMENT_TRUTH_MINUTES", os.getenv("PAYMENT_TRUTH_MINUTES", "15"), minimum=2
)
PAYMENT_FOLLOW_UP_HOURS = ENVIRONMENT.integer(
    "PAYMENT_FOLLOW_UP_HOURS", os.getenv("PAYMENT_FOLLOW_UP_HOURS", "48"), minimum=1
)
RECONCILIATION_CALLS_PER_S = ENVIRONMENT.seconds(
    "RECONCILIATION_CALLS_PER_S", os.getenv("RECONCILIATION_CALLS_PER_S", "5"), minimum=0.1
)
RECONCILIATION_DAYS = ENVIRONMENT.integer(
    "RECONCILIATION_DAYS", os.getenv("RECONCILIATION_DAYS", "3"), minimum=1
)
RECONCILIATION_APPLIES = ENVIRONMENT.boolean(
    "RECONCILIATION_APPLIES", os.getenv("RECONCILIATION_APPLIES", "True")
)
PAYMENT_API_TIMEOUT_S = ENVIRONMENT.seconds(
    "PAYMENT_API_TIMEOUT_S", os.getenv("PAYMENT_API_TIMEOUT_S", "3"), minimum=0.01
)
# How many payments one process may start at once (see payments.outgoing.bulkhead); 0: three eighths of the threads.
PROVIDER_CALLS_LIMIT = ENVIRONMENT.integer("PROVIDER_CALLS_LIMIT", os.getenv("PROVIDER_CALLS_LIMIT", "0"))
GUNICORN_THREADS = ENVIRONMENT.integer("GUNICORN_THREADS", os.getenv("GUNICORN_THREADS", "8"), minimum=1)

# Celery

CELERY_BROKER_URL = os.getenv("CELERY_BROKER_URL", "redis://localhost:6379/0")
CELERY_RESULT_BACKEND = os.getenv("CELERY_RESULT_BACKEND", "redis://localhost:6379/0")
RATE_LIMIT_STORAGE_URL = os.getenv("RATE_LIMIT_STORAGE_URL", f"{CELERY_BROKER_URL}")
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
# Where the worker answers Prometheus, on all addresses; 0: nowhere.
WORKER_METRICS_PORT = ENVIRONMENT.integer("WORKER_METRICS_PORT", os.getenv("WORKER_METRICS_PORT", "0"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "check-pending-payments": {
        "task": "payments.tasks.check_pending_payments",
        "schedule": PAYMENT_CHECK_INTERVAL_S,
        "options": {"expires": PAYMENT_CHECK_INTERVAL_S},
    },
    "remove-unused-orders": {
        "task": "payments.tasks.remove_unused_orders",
        "schedule": crontab(minute=17),
        "options": {"expires": 3600},
    },
    "reconcile-payments": {
        "task": "payments.tasks.reconcile_payments",
        "schedule": crontab(hour=2, minute=30),
        "options": {"expires": 3600},
    },
}

# Logging: JSON lines on stdout through one handler; `coffee_payment.logs` masks what is private

LOG_LEVEL = ENVIRONMENT.choice(
    "LOG_LEVEL", os.getenv("LOG_LEVEL", "INFO"), ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)
# Django gives these loggers handlers of its own; here their records go to the handler of the root.
_TO_ROOT = {"handlers": [], "propagate": True}
LOGGING = logs.configuration(
    LOG_LEVEL,
    [SECRET_KEY, DB_PASSWORD, TMETR_TOKEN, *CREDENTIALS_ENCRYPTION_KEY],  # as in gunicorn.conf.py
    {"django": _TO_ROOT, "django.server": _TO_ROOT},
)

ENVIRONMENT.complete()
