"""The settings: variables in, behaviour out."""

import json
import logging
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "coffee_payment/coffee_payment/settings.py"
FILES = {
    "POSTGRES_SSL_CERT": "sslcert",
    "POSTGRES_SSL_KEY": "sslkey",
    "POSTGRES_SSL_ROOT_CERT": "sslrootcert",
}
MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def settings_with(**variables: str) -> dict[str, Any]:
    """Execute settings.py with exactly these variables and return its names."""
    with mock.patch.dict(os.environ, {"SECRET_KEY": "a-key-for-tests", **variables}, clear=True):
        return runpy.run_path(str(SETTINGS))


def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start a process of the server, with exactly these variables."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "coffee_payment"), **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT / "coffee_payment",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def log_lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def documented_defaults() -> dict[str, str]:
    """Return variable -> default of the README's table, without the variables that have none."""
    rows = re.findall(r"^\| `([A-Z_]+)` \|.*\| `([^`]+)` \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    return dict(rows)


DERIVED = {
    "TMETR_BASE_URL": "https://test.telemetry.fwsoft.ru",
    "RATE_LIMIT_STORAGE_URL": "redis://localhost:6379/0",
}


@pytest.mark.parametrize(("name", "default"), sorted(documented_defaults().items()))
def test_the_documented_default_is_the_effective_one(name: str, default: str) -> None:
    """The effective defaults are those of the README."""
    effective = settings_with()
    if name not in effective:
        assert name.startswith(("GUNICORN_", "SKIP_", "RUN_"))
        return
    value = effective[name]
    text = ",".join(value) if isinstance(value, list) else str(value)

    assert text == DERIVED.get(name, default)


CHANGED = [
    ("DEBUG", "YES", "DEBUG", True),
    ("DEBUG", "1", "DEBUG", True),
    ("DEBUG", "on", "DEBUG", False),
    ("ALLOWED_HOSTS", "a.ru, b.ru,", "ALLOWED_HOSTS", ["a.ru", "b.ru"]),
    ("CSRF_TRUSTED_ORIGINS", "https://a.ru", "CSRF_TRUSTED_ORIGINS", ["https://a.ru"]),
    ("BASE_URL", "a.ru", "BASE_URL", "a.ru"),
    ("SECURE_SSL_REDIRECT", "true", "SECURE_SSL_REDIRECT", True),
    ("SECURE_SSL_REDIRECT", "true", "SESSION_COOKIE_SECURE", True),
    ("SECURE_HSTS_SECONDS", "60", "SECURE_HSTS_SECONDS", 60),
    ("SECURE_HSTS_SECONDS", "0", "SECURE_HSTS_INCLUDE_SUBDOMAINS", False),
    ("USE_X_FORWARDED_PROTO", "True", "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
    ("TMETR_HOST", "t.ru", "TMETR_BASE_URL", "https://t.ru"),
    ("TMETR_BASE_URL", "http://127.0.0.1:9/", "TMETR_BASE_URL", "http://127.0.0.1:9"),
    ("TMETR_MAKE_SIZE_WORDS", "S,M,L", "TMETR_MAKE_SIZE_WORDS", ["S", "M", "L"]),
    ("TMETR_MAKE_DONE_STATUSES", "done,ok", "TMETR_MAKE_DONE_STATUSES", ["done", "ok"]),
    ("CREDENTIALS_ENCRYPTION_KEY", "new, old", "CREDENTIALS_ENCRYPTION_KEY", ["new", "old"]),
    ("FAST_TRACK_INTERVAL_S", "0.5", "FAST_TRACK_INTERVAL_S", 0.5),
    ("PAYMENT_ATTEMPTS_LIMIT", "7", "PAYMENT_ATTEMPTS_LIMIT", 7),
    ("HEALTH_DEEP_ENABLED", "true", "HEALTH_DEEP_ENABLED", True),
    ("LOG_LEVEL", "ERROR", "LOG_LEVEL", "ERROR"),
]


@pytest.mark.parametrize(("variable", "text", "setting", "value"), CHANGED)
def test_a_variable_changes_its_setting(variable: str, text: str, setting: str, value: object) -> None:
    """Each kind of value is read as documented."""
    assert settings_with(**{variable: text})[setting] == value


def test_the_beat_period_and_the_message_expiry_are_the_interval() -> None:
    """Ticks that waited too long expire instead of piling up."""
    entry = settings_with(PAYMENT_CHECK_INTERVAL_S="9")["CELERY_BEAT_SCHEDULE"]["check-pending-payments"]

    assert (entry["schedule"], entry["options"]["expires"]) == (9, 9)


NUMBERS = [name for name, default in documented_defaults().items() if default.isdigit()]


@pytest.mark.parametrize(
    "name", [n for n in NUMBERS if not n.startswith("GUNICORN_") and n != "TMETR_TIME_ZONE_OFFSET"]
)
@pytest.mark.parametrize("text", ["", "many", "1e", "-1", "nan"])
def test_a_number_that_makes_no_sense_ends_the_start_up(name: str, text: str) -> None:
    """The error names the variable; an empty text is no number either."""
    with pytest.raises(ImproperlyConfigured, match=name):
        settings_with(**{name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LOG_LEVEL", "LOUD"),
        ("MERCHANT_TIME_ZONE", "Moscow/Europe"),
        ("DEFAULT_PAYMENT_SCENARIO", "Cash"),
        ("TMETR_MAKE_SIZE_WORDS", "small,large"),
        ("DB_PORT", "postgres"),
    ],
)
def test_a_choice_that_does_not_exist_ends_the_start_up(name: str, text: str) -> None:
    """Values that could only fail later are refused at the start."""
    with pytest.raises(ImproperlyConfigured, match=name):
        settings_with(**{name: text})


def test_all_problems_are_named_at_once() -> None:
    """All errors are reported at once, not one per restart."""
    with pytest.raises(ImproperlyConfigured) as error:
        settings_with(DB_CONN_MAX_AGE="x", LOG_LEVEL="y", SECRET_KEY="")

    assert all(name in str(error.value) for name in ("DB_CONN_MAX_AGE", "LOG_LEVEL", "SECRET_KEY"))


def test_the_signing_key_is_random_in_debug_mode_alone() -> None:
    """Two processes in debug mode have two keys; in production a missing key ends the start-up."""
    keys = {settings_with(DEBUG="true", SECRET_KEY="")["SECRET_KEY"] for _ in range(2)}

    assert len(keys) == 2
    assert all(len(key) >= 50 for key in keys)
    process = start("manage.py", "check")
    assert process.returncode != 0
    assert "SECRET_KEY must be set" in process.stderr


def test_without_a_database_name_there_is_sqlite_and_no_ssl() -> None:
    """SSL variables alone do not turn PostgreSQL on."""
    settings = settings_with(POSTGRES_SSL_MODE="verify-full", DB_HOST="db", POSTGRES_SSL_CERT="/c")

    assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert "OPTIONS" not in settings["DATABASES"]["default"]
    assert settings["DATABASE_SSL"].findings == ()


def test_the_connection_is_what_the_variables_say() -> None:
    """Every variable of the category Database arrives in DATABASES."""
    database = settings_with(
        DB_NAME="n", DB_USER="u", DB_PASSWORD="p", DB_HOST="h", DB_PORT="5433", DB_CONN_MAX_AGE="7"
    )["DATABASES"]["default"]

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert [database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE")] == [
        "n",
        "u",
        "p",
        "h",
        "5433",
        7,
    ]
    assert "OPTIONS" not in database


paths = st.one_of(st.none(), st.just(""), st.text("abcdef/._- ", min_size=1).map("/certs/".__add__))


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from([None, "", "coffee"]),
    mode=st.one_of(st.none(), st.sampled_from(["", *MODES]), st.text("aceflriuvy-_R", max_size=12)),
    files=st.fixed_dictionaries(dict.fromkeys(FILES, paths)),
)
def test_options_hold_what_is_set_and_nothing_else(
    name: str | None, mode: str | None, files: dict[str, str | None]
) -> None:
    """Property 4: for any four variables, a valid mode brings exactly the parameters that are set."""
    variables = {"DB_NAME": name, "POSTGRES_SSL_MODE": mode, **files}

    settings = settings_with(**{key: value for key, value in variables.items() if value is not None})

    expected = {}
    if name and mode in MODES:
        expected = {"sslmode": mode} | {FILES[key]: path for key, path in files.items() if path}
    assert settings["DATABASES"]["default"].get("OPTIONS", {}) == expected


@pytest.mark.parametrize("mode", ["verify_full", "REQUIRE", "on"])
def test_an_invalid_mode_warns_and_leaves_ssl_off(mode: str, tmp_path: Path) -> None:
    """Not one SSL option is left, and the log says why."""
    settings = settings_with(DB_NAME="n", POSTGRES_SSL_MODE=mode, POSTGRES_SSL_CERT=str(tmp_path))

    (finding,) = settings["DATABASE_SSL"].findings
    assert finding.level == logging.WARNING
    assert mode in finding.message


def test_file_variables_without_a_mode_are_ignored_with_a_warning() -> None:
    """The warning names the variables."""
    (finding,) = settings_with(DB_NAME="n", POSTGRES_SSL_KEY="/k")["DATABASE_SSL"].findings

    assert finding.level == logging.WARNING
    assert "POSTGRES_SSL_KEY" in finding.message


def test_a_missing_file_is_an_error_in_the_log_and_stays_an_option(tmp_path: Path) -> None:
    """The option stays, so that the connection fails visibly; existing files are not mentioned."""
    present = tmp_path / "present.crt"
    present.touch()
    settings = settings_with(
        DB_NAME="n",
        POSTGRES_SSL_MODE="verify-full",
        POSTGRES_SSL_CERT=str(present),
        POSTGRES_SSL_ROOT_CERT=str(tmp_path / "gone.crt"),
    )

    (finding,) = settings["DATABASE_SSL"].findings
    assert finding.level == logging.ERROR
    assert "POSTGRES_SSL_ROOT_CERT" in finding.message
    assert str(tmp_path / "gone.crt") in finding.message
    assert settings["DATABASES"]["default"]["OPTIONS"]["sslrootcert"] == str(tmp_path / "gone.crt")


def test_the_systems_authorities_are_no_file() -> None:
    """libpq's value `system` is passed on unchanged."""
    settings = settings_with(DB_NAME="n", POSTGRES_SSL_MODE="verify-full", POSTGRES_SSL_ROOT_CERT="system")

    assert settings["DATABASE_SSL"].findings == ()
    assert settings["DATABASES"]["default"]["OPTIONS"]["sslrootcert"] == "system"


START_UP = [
    ({}, ["PostgreSQL SSL: disabled"]),
    ({"DB_NAME": "n"}, ["PostgreSQL SSL: disabled"]),
    (
        {"DB_NAME": "n", "POSTGRES_SSL_MODE": "require", "POSTGRES_SSL_KEY": "/gone.key"},
        [
            "POSTGRES_SSL_KEY names a file that does not exist: /gone.key",
            (
                "PostgreSQL SSL: enabled, mode require; POSTGRES_SSL_CERT not provided, "
                "POSTGRES_SSL_KEY provided, POSTGRES_SSL_ROOT_CERT not provided"
            ),
        ],
    ),
]


@pytest.mark.parametrize(("variables", "messages"), START_UP)
def test_the_start_up_log_says_once_how_the_database_is_reached(
    variables: dict[str, str], messages: list[str]
) -> None:
    """Each process writes the line as JSON on stdout, after logging is set up."""
    process = start("-c", "import django; django.setup(); django.setup()", **SETUP, **variables)

    lines = [line for line in log_lines(process.stdout) if line["logger"] == "payments.apps"]
    assert process.returncode == 0, process.stderr
    assert [line["message"] for line in lines] == messages


SETUP = {"SECRET_KEY": "a-key-for-tests", "DJANGO_SETTINGS_MODULE": "coffee_payment.settings"}


def test_a_celery_worker_logs_as_the_web_server_does() -> None:
    """Celery adds no handler of its own, so that every line is the same JSON."""
    code = (
        "import logging; from coffee_payment.celery import app; app.log.setup();"
        "logging.getLogger('celery.worker').warning('готово')"
    )
    process = start("-c", code, **SETUP)

    assert [line["message"] for line in log_lines(process.stdout) if line["logger"] == "celery.worker"] == [
        "готово"
    ]
    assert "готово" in process.stdout
    assert "готово" not in process.stderr
