"""System checks; `manage.py check`, every management command and the Celery worker run them.

The ids are stable, so that `SILENCED_SYSTEM_CHECKS` can name them:

- `payments.E001` HealthMiddleware is not the first middleware
- `payments.E002` CREDENTIALS_ENCRYPTION_KEY is missing or malformed while DEBUG is off
- `payments.E003` the root certificate is missing, and the SSL mode would silently connect without it
- `payments.W001` PostgreSQL without an SSL mode of `require` or stronger while DEBUG is off
- `payments.W002` the client key's file can be read by others
- `payments.W003` a certificate has expired or is about to
- `payments.W004` a certificate cannot be read
- `payments.W005` an environment variable has a value that looks wrong
"""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from coffee_payment.db_ssl import SECURE_MODES, DatabaseSSL
from cryptography import x509
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from .fields import cipher
from .providers.registry import base_url_settings

HEALTH_MIDDLEWARE: Final = "payments.middleware.HealthMiddleware"
CERTIFICATES: Final = ("POSTGRES_SSL_CERT", "POSTGRES_SSL_ROOT_CERT")


@register()
def health_middleware_first(**_: Any) -> list[CheckMessage]:
    """A probe must reach no other middleware."""
    if settings.MIDDLEWARE and settings.MIDDLEWARE[0] == HEALTH_MIDDLEWARE:
        return []
    return [
        Error(
            "HealthMiddleware is not the first middleware: probes would be redirected or refused.",
            hint=f"Put {HEALTH_MIDDLEWARE!r} at the head of MIDDLEWARE.",
            id="payments.E001",
        )
    ]


@register(Tags.security)
def credentials_key(**_: Any) -> list[CheckMessage]:
    """The encryption key must be valid: without it no credentials can be read."""
    if settings.DEBUG:
        return []
    try:
        cipher()
    except ImproperlyConfigured as error:
        return [
            Error(
                str(error),
                hint="Set CREDENTIALS_ENCRYPTION_KEY to a key from Fernet.generate_key().",
                id="payments.E002",
            )
        ]
    return []


@register(Tags.security, Tags.database)
def database_ssl(**_: Any) -> list[CheckMessage]:
    """How the connection to PostgreSQL is secured."""
    ssl: DatabaseSSL = settings.DATABASE_SSL
    if not ssl.postgresql:
        return []
    return [*_weak_mode(ssl), *_missing_root(ssl), *_open_key(ssl), *_ending_certificates(ssl)]


@register()
def environment(**_: Any) -> list[CheckMessage]:
    """Values of variables that can be parsed but look wrong."""
    warnings = [*settings.ENVIRONMENT.warnings]
    warnings += [
        f"{name} does not look like a URL with http:// or https:// and a host"
        for name in ("TMETR_BASE_URL", *base_url_settings())
        if urlsplit(getattr(settings, name)).scheme not in {"http", "https"}
        or not urlsplit(getattr(settings, name)).hostname
    ]
    warnings += [
        f"CSRF_TRUSTED_ORIGINS holds {origin!r}, which has no scheme"
        for origin in settings.CSRF_TRUSTED_ORIGINS
        if "://" not in origin
    ]
    warnings += [
        f"{name} begins with http://: keys and customers' data go in clear"
        for name in ("TMETR_BASE_URL", *base_url_settings())
        if not settings.DEBUG and urlsplit(getattr(settings, name)).scheme == "http"
    ]
    if settings.USE_X_FORWARDED_PROTO and not settings.TRUSTED_PROXIES:
        warnings.append("TRUSTED_PROXIES is empty: behind the proxy no limit counts by address")
    if "://" in settings.BASE_URL or "/" in settings.BASE_URL:
        warnings.append("BASE_URL must be a host without scheme and path")
    if not settings.PAYMENT_SCENARIOS:
        warnings.append("PAYMENT_SCENARIOS is empty: no device can take money")
    if not settings.DEBUG and not settings.TMETR_TOKEN:
        warnings.append("TMETR_TOKEN is not set: the machines cannot be reached")
    return [CheckWarning(text, id="payments.W005") for text in warnings]


def _weak_mode(ssl: DatabaseSSL) -> Iterator[CheckMessage]:
    if not settings.DEBUG and ssl.mode not in SECURE_MODES:
        yield CheckWarning(
            f"PostgreSQL is used with SSL mode {ssl.mode or '(none)'}: traffic may go in clear.",
            hint="Set POSTGRES_SSL_MODE to require, verify-ca or verify-full.",
            id="payments.W001",
        )


def _missing_root(ssl: DatabaseSSL) -> Iterator[CheckMessage]:
    """Report a missing root certificate where libpq ignores it; the verify modes refuse to connect."""
    root = ssl.file("POSTGRES_SSL_ROOT_CERT")
    if root and not root.is_file() and ssl.mode in {"allow", "prefer", "require"}:
        yield Error(
            f"POSTGRES_SSL_ROOT_CERT {root} does not exist: mode {ssl.mode} would connect unverified.",
            hint="Mount the file, or choose verify-ca or verify-full.",
            id="payments.E003",
        )


def _open_key(ssl: DatabaseSSL) -> Iterator[CheckMessage]:
    key = ssl.file("POSTGRES_SSL_KEY")
    if key and key.is_file() and stat.S_IMODE(key.stat().st_mode) & ~0o600:
        yield CheckWarning(
            f"POSTGRES_SSL_KEY {key} has permissions {stat.S_IMODE(key.stat().st_mode):03o}, wider than 600.",
            hint=f"chmod 600 {key}",
            id="payments.W002",
        )


def _ending_certificates(ssl: DatabaseSSL) -> Iterator[CheckMessage]:
    limit = datetime.now(UTC) + timedelta(days=settings.SSL_CERT_EXPIRY_WARNING_DAYS)
    for variable in CERTIFICATES:
        path = ssl.file(variable)
        if not path or not path.is_file():
            continue
        try:
            ends = [each.not_valid_after_utc for each in x509.load_pem_x509_certificates(path.read_bytes())]
        except (ValueError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it holds no PEM certificate"
            yield CheckWarning(f"{variable} {path} cannot be read: {reason}.", id="payments.W004")
            continue
        if min(ends) <= limit:
            verb = "expired" if min(ends) <= datetime.now(UTC) else "expires"
            yield CheckWarning(
                f"{variable} {path} {verb} on {min(ends):%Y-%m-%d %H:%M} UTC.",
                hint="Renew the certificate; new connections read the file, so no restart is needed.",
                id="payments.W003",
            )
