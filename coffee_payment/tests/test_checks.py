"""The system checks."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from coffee_payment.environment import Environment
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client, override_settings
from payments import checks

from coffee_payment import db_ssl

ROOT = Path(__file__).resolve().parents[2]
AUTHORITY = trustme.CA()


def ids(check: Callable[..., Any], **changed: Any) -> list[str]:
    with override_settings(**changed):
        return [message.id for message in check(app_configs=None)]


def ssl(**variables: str | None) -> db_ssl.DatabaseSSL:
    given = {"db_name": "coffee", "mode": None, "cert": None, "key": None, "root_cert": None, **variables}
    return db_ssl.configure(**given)


def certificate(path: Path, ends: timedelta) -> str:
    """Write a certificate that expires after this time."""
    issued = AUTHORITY.issue_cert("db.test", not_after=datetime.now(UTC) + ends)
    issued.cert_chain_pems[0].write_to_path(str(path))
    return str(path)


def test_the_health_middleware_must_come_first() -> None:
    """Another middleware before it would redirect, refuse or slow the probes."""
    assert ids(checks.health_middleware_first) == []
    moved = [*settings.MIDDLEWARE[1:], settings.MIDDLEWARE[0]]
    assert ids(checks.health_middleware_first, MIDDLEWARE=moved) == ["payments.E001"]
    assert ids(checks.health_middleware_first, MIDDLEWARE=[]) == ["payments.E001"]


GOOD_KEY = Fernet.generate_key().decode()


@pytest.mark.parametrize(
    ("keys", "debug", "found"),
    [
        ([GOOD_KEY], False, []),
        ([], False, ["payments.E002"]),
        ([GOOD_KEY, "short"], False, ["payments.E002"]),
        ([], True, []),
    ],
)
def test_production_needs_a_good_credentials_key(keys: list[str], debug: bool, found: list[str]) -> None:
    """With DEBUG on there is no finding; the first use of the key fails."""
    assert ids(checks.credentials_key, CREDENTIALS_ENCRYPTION_KEY=keys, DEBUG=debug) == found


WEAK = ["payments.W001"]
MODES = [
    (None, False, WEAK),
    ("disable", False, WEAK),
    ("allow", False, WEAK),
    ("prefer", False, WEAK),
    ("verify_full", False, WEAK),
    ("require", False, []),
    ("verify-ca", False, []),
    ("verify-full", False, []),
    ("prefer", True, []),
    (None, True, []),
]


@pytest.mark.parametrize(("mode", "debug", "found"), MODES)
def test_production_needs_a_mode_that_insists(mode: str | None, debug: bool, found: list[str]) -> None:
    """Below `require`, and without a valid mode, traffic may be unencrypted."""
    assert ids(checks.database_ssl, DATABASE_SSL=ssl(mode=mode), DEBUG=debug) == found


def test_sqlite_has_no_ssl_to_warn_about() -> None:
    """Development without DB_NAME stays quiet."""
    assert ids(checks.database_ssl, DATABASE_SSL=ssl(db_name=None, mode="prefer"), DEBUG=False) == []


@pytest.mark.parametrize(
    ("permissions", "found"),
    [
        (0o600, []),
        (0o400, []),
        (0o640, ["payments.W002"]),
        (0o604, ["payments.W002"]),
        (0o700, ["payments.W002"]),
    ],
)
def test_the_key_belongs_to_its_owner_alone(tmp_path: Path, permissions: int, found: list[str]) -> None:
    """Anything wider than 600 is a warning, in debug mode too."""
    key = tmp_path / "client.key"
    key.touch()
    key.chmod(permissions)

    assert ids(checks.database_ssl, DATABASE_SSL=ssl(mode="require", key=str(key)), DEBUG=True) == found


@pytest.mark.parametrize("variable", ["cert", "root_cert"])
@pytest.mark.parametrize(
    ("ends", "found"),
    [
        (timedelta(days=31), []),
        (timedelta(days=29), ["payments.W003"]),
        (timedelta(minutes=-1), ["payments.W003"]),
    ],
)
def test_a_certificate_near_its_end_is_announced(
    tmp_path: Path, variable: str, ends: timedelta, found: list[str]
) -> None:
    """SSL_CERT_EXPIRY_WARNING_DAYS before, and after it."""
    configured = ssl(mode="verify-full", **{variable: certificate(tmp_path / "c.crt", ends)})

    assert ids(checks.database_ssl, DATABASE_SSL=configured, SSL_CERT_EXPIRY_WARNING_DAYS=30) == found


def test_the_first_end_in_a_bundle_counts(tmp_path: Path) -> None:
    """A root file often holds several authorities."""
    bundle = tmp_path / "root.crt"
    parts = [certificate(tmp_path / f"{n}.crt", timedelta(days=n)) for n in (400, 3, 500)]
    bundle.write_text("".join(Path(part).read_text() for part in parts))

    configured = ssl(mode="verify-full", root_cert=str(bundle))

    assert ids(checks.database_ssl, DATABASE_SSL=configured) == ["payments.W003"]


def test_a_file_that_is_no_certificate_is_told(tmp_path: Path) -> None:
    """An unreadable certificate is a finding of its own."""
    garbage = tmp_path / "c.crt"
    garbage.write_text("not a certificate")

    configured = ssl(mode="verify-full", cert=str(garbage))

    assert ids(checks.database_ssl, DATABASE_SSL=configured) == ["payments.W004"]


@pytest.mark.parametrize(
    ("mode", "found"), [("require", ["payments.E003"]), ("prefer", ["payments.E003"]), ("verify-full", [])]
)
def test_a_missing_root_that_libpq_would_pass_over_is_an_error(
    tmp_path: Path, mode: str, found: list[str]
) -> None:
    """`require` connects unverified without it; the verify modes refuse by themselves."""
    configured = ssl(mode=mode, root_cert=str(tmp_path / "gone.crt"))

    assert ids(checks.database_ssl, DATABASE_SSL=configured, DEBUG=True) == found


def test_doubtful_values_are_told() -> None:
    """Each value that parses but looks wrong is a warning."""
    environment = Environment()
    environment.boolean("DEBUG", "on")
    changed = {
        "ENVIRONMENT": environment,
        "TMETR_BASE_URL": "telemetry.example",
        "CSRF_TRUSTED_ORIGINS": ["pay.example"],
        "BASE_URL": "https://pay.example",
        "PAYMENT_SCENARIOS": [],
        "TMETR_TOKEN": None,
        "DEBUG": False,
    }
    with override_settings(**changed):
        text = "\n".join(message.msg for message in checks.environment())

    for name in (
        "DEBUG",
        "TMETR_BASE_URL",
        "CSRF_TRUSTED_ORIGINS",
        "BASE_URL",
        "PAYMENT_SCENARIOS",
        "TMETR_TOKEN",
    ):
        assert name in text
    assert ids(checks.environment, ENVIRONMENT=Environment(), TMETR_TOKEN="t") == []


@pytest.mark.parametrize("name", ["TMETR_BASE_URL", "YOOKASSA_BASE_URL", "T_BANK_BASE_URL"])
def test_an_address_without_tls_is_told(name: str) -> None:
    plain = {name: "http://provider.example", "ENVIRONMENT": Environment(), "TMETR_TOKEN": "t"}

    assert ids(checks.environment, **plain) == ["payments.W005"]
    assert ids(checks.environment, **plain, DEBUG=True) == []


def test_a_proxy_whose_header_is_not_trusted_is_told() -> None:
    behind = {"USE_X_FORWARDED_PROTO": True, "ENVIRONMENT": Environment(), "TMETR_TOKEN": "t"}

    assert ids(checks.environment, **behind, TRUSTED_PROXIES=[]) == ["payments.W005"]
    assert ids(checks.environment, **behind, TRUSTED_PROXIES=["10.0.0.1"]) == []


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` with exactly these variables."""
    return subprocess.run(
        [sys.executable, "coffee_payment/manage.py", "check", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def production(folder: Path) -> dict[str, str]:
    """The ConfigMap of deploy/kubernetes, with the secrets and files that a cluster adds."""
    config = yaml.safe_load((ROOT / "deploy/kubernetes/config.yaml").read_text())["data"]
    files = {f"POSTGRES_SSL_{name}": folder / name for name in ("CERT", "KEY", "ROOT_CERT")}
    issued = AUTHORITY.issue_cert("coffee")
    issued.cert_chain_pems[0].write_to_path(str(files["POSTGRES_SSL_CERT"]))
    issued.private_key_pem.write_to_path(str(files["POSTGRES_SSL_KEY"]))
    files["POSTGRES_SSL_KEY"].chmod(0o600)
    AUTHORITY.cert_pem.write_to_path(str(files["POSTGRES_SSL_ROOT_CERT"]))
    return {
        **config,
        **{name: str(path) for name, path in files.items()},
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIALS_ENCRYPTION_KEY": GOOD_KEY,
        "DB_USER": "coffee",
        "DB_PASSWORD": secrets.token_urlsafe(20),
        "TMETR_TOKEN": secrets.token_urlsafe(20),
    }


def test_a_production_deployment_is_clean(tmp_path: Path) -> None:
    """`check --deploy` has no warning, also with the default of SECURE_HSTS_SECONDS."""
    environment = production(tmp_path)
    assert environment.pop("SECURE_HSTS_SECONDS") != "0"
    process = check("--deploy", "--fail-level", "WARNING", **environment)

    assert process.returncode == 0, process.stderr
    assert "identified no issues" in process.stdout


REQUIRED = {
    "DEBUG": "false",
    "SECRET_KEY": "".join(map(chr, range(48, 122))),
    "CREDENTIALS_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "DB_NAME": "",
}
FORGOTTEN = {
    "security.W004": {"SECURE_HSTS_SECONDS": "0"},
    "security.W008": {"SECURE_SSL_REDIRECT": "false"},
    "security.W009": {"SECRET_KEY": "short"},
    "security.W020": {"ALLOWED_HOSTS": ""},
    "payments.W001": {"POSTGRES_SSL_MODE": "prefer"},
}


def test_the_defaults_are_clean() -> None:
    """What a deployment has to set, and nothing else: also the cookies are for https only."""
    process = check("--deploy", "--tag", "security", "--fail-level", "WARNING", **REQUIRED)

    assert process.returncode == 0, process.stderr


def test_what_is_forgotten_in_production_is_told(tmp_path: Path) -> None:
    """The control: five mistakes in the clean deployment give exactly five warnings."""
    changed = {name: value for mistake in FORGOTTEN.values() for name, value in mistake.items()}
    process = check("--deploy", "--fail-level", "WARNING", **production(tmp_path) | changed)

    assert process.returncode == 1
    assert set(re.findall(r"\((\w+\.[A-Z]\d+)\)", process.stderr)) == set(FORGOTTEN)


@pytest.mark.django_db
def test_browsers_are_told_to_keep_to_https_over_https_alone(client: Client) -> None:
    """Development over plain http has no warnings."""
    assert "Strict-Transport-Security" not in client.get("/v1/order-status/unknown").headers
    told = client.get("/v1/order-status/unknown", secure=True).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"


def test_the_checks_run_with_every_command() -> None:
    """`manage.py check` fails on an error, and the tags select the SSL checks."""
    environment = {"SECRET_KEY": "a-key-for-tests", "DB_NAME": "none", "CREDENTIALS_ENCRYPTION_KEY": "short"}

    everything, database = check(**environment), check("--tag", "database", **environment)
    assert everything.returncode == 1
    assert "payments.E002" in everything.stderr
    assert "payments.W001" in everything.stderr
    assert "payments.W001" in database.stderr
    assert "payments.E002" not in database.stderr
