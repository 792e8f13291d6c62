"""compose.yaml itself, and the reader by which the other tests run it."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from deploy.tests.compose import Compose, ComposeError, fill, read, seconds
from deploy.tests.engine import ROOT

FILE: Final = ROOT / "compose.yaml"
REQUIRED: Final = ("SECRET_KEY", "CREDENTIALS_ENCRYPTION_KEY", "DB_PASSWORD", "TMETR_TOKEN")
GIVEN: Final = dict.fromkeys(REQUIRED, "given")
SERVER_PARTS: Final = ("web", "worker", "beat")


@pytest.fixture
def plain() -> Compose:
    """The file with its defaults."""
    return read(FILE, GIVEN)


@pytest.mark.parametrize("missing", REQUIRED)
def test_says_which_secret_is_missing(missing: str) -> None:
    """No secret has a default: without one the start fails and names it."""
    with pytest.raises(ComposeError, match=f"{missing} is missing a value: set {missing}"):
        read(FILE, GIVEN | {missing: ""})


def test_no_secret_is_written_in_it() -> None:
    """Every password, key and token is a reference to the environment, required or empty."""
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = {
        (variable, value)
        for service in document["services"].values()
        for variable, value in service.get("environment", {}).items()
        if any(word in variable for word in ("PASSWORD", "TOKEN", "SECRET", "ENCRYPTION_KEY"))
    }
    for variable, value in found:
        source = "DB_PASSWORD" if variable == "POSTGRES_PASSWORD" else variable
        assert re.fullmatch(rf"\$\{{{source}:(\?.+|-)\}}", value), variable
    assert {variable for variable, _ in found} == {
        *REQUIRED,
        "POSTGRES_PASSWORD",
        "DJANGO_SUPERUSER_PASSWORD",
    }


def test_every_documented_variable_reaches_the_server() -> None:
    """Each variable of .env.example reaches the web server or the worker, except those that compose.yaml sets itself."""
    settled = {
        "DB_NAME",
        "DB_USER",
        "DB_HOST",
        "DB_PORT",
        "POSTGRES_SSL_MODE",
        "POSTGRES_SSL_CERT",
        "POSTGRES_SSL_KEY",
        "POSTGRES_SSL_ROOT_CERT",
        "CELERY_BROKER_URL",
        "CELERY_RESULT_BACKEND",
        "TMETR_HOST",  # TMETR_BASE_URL replaces it
        "SKIP_MIGRATIONS",
        "RUN_MODE",
        "GUNICORN_PORT",  # WEB_PORT replaces it
    }
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", example, re.MULTILINE))
    assert settled < documented

    services = read(FILE, dict.fromkeys(documented, "mine")).services

    assert {
        name
        for service in ("web", "worker")
        for name, value in services[service].environment.items()
        if value == "mine"
    } == documented - settled
    for part in ("worker", "beat"):
        lost = {name for name in documented - settled if services[part].environment.get(name) != "mine"}
        assert all(name.startswith(("GUNICORN_", "DJANGO_SUPERUSER_", "WORKER_")) for name in lost), lost


def test_a_variable_that_nobody_gives_is_not_set(plain: Compose) -> None:
    """The server's own default applies."""
    assert "ORDER_EXPIRATION_MINUTES" not in plain.services["web"].environment


def test_only_this_machine_reaches_it(plain: Compose) -> None:
    """What is published is published at 127.0.0.1; database and queue are not published."""
    ports = {service.name: {port.address for port in service.ports} for service in plain.services.values()}
    assert {name for name, found in ports.items() if found} == {"web", "yookassa", "tbank", "tmetr"}
    assert {address for found in ports.values() for address in found} == {"127.0.0.1"}


def test_parts_are_as_the_design_says(plain: Compose) -> None:
    """PostgreSQL 17 with TLS, Redis 7 append-only, one beat, health checks; only web migrates."""
    services = plain.services
    assert services["database"].image == "postgres:17"
    assert "ssl=on" in services["database"].command
    assert (services["queue"].image, services["queue"].command) == ("redis:7", ("--appendonly", "yes"))
    assert [name for name, each in services.items() if "beat" in each.command] == ["beat"]
    for name in ("database", "queue", "worker", "beat"):  # that of web is in the image
        assert services[name].health is not None, name
    skips = {name: services[name].environment.get("SKIP_MIGRATIONS") for name in SERVER_PARTS}
    assert skips == {"web": None, "worker": "true", "beat": "true"}


def test_the_providers_run_from_an_image_of_their_own(plain: Compose) -> None:
    """The server's image holds no local provider, so compose builds another target for them."""
    targets = {service.name: (service.build_target, service.image) for service in plain.services.values()}
    for name in SERVER_PARTS:
        assert targets[name] == ("", "coffee-payments:local")
    for name in ("yookassa", "tbank", "tmetr"):
        assert targets[name] == ("providers", "coffee-providers:local")


def test_parts_of_the_server_are_locked_in(plain: Compose) -> None:
    """Read-only, without capabilities, without new privileges."""
    for name in SERVER_PARTS:
        options = plain.services[name].options
        assert options["read_only"] is True
        assert options["cap_drop"] == ["ALL"]
        assert options["security_opt"] == ["no-new-privileges:true"]


def test_grace_is_longer_than_a_request(plain: Compose) -> None:
    """`docker compose stop` waits longer than GUNICORN_TIMEOUT."""
    for name in SERVER_PARTS:
        assert plain.services[name].stop_grace_period == 60


@pytest.mark.parametrize(
    ("text", "filled"),
    [("${A}", "1"), ("${B:-x}", "x"), ("${A:-x}", "1"), ("$$HOME", "$HOME"), ("a${A}b${B:-}c", "a1bc")],
)
def test_fills_variables_in(text: str, filled: str) -> None:
    """As Compose does."""
    assert fill(text, {"A": "1"}) == filled


@pytest.mark.parametrize(("text", "value"), [("10s", 10), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600)])
def test_reads_durations(text: str, value: float) -> None:
    """As Compose does."""
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("services: {a: {image: i, privileged: true}}", "unknown keys"),
        ("services: {a: {image: i, ports: ['8000:8000']}}", "names no address"),
        ("services: {a: {image: i, depends_on: {b: {condition: service_healthy}}}}", "circle or an unknown"),
        ("services: {a: {image: i, volumes: ['data:/data']}}", "declared and used differ"),
        ("services: {a: {image: i, command: ['$A']}}", "not understood"),
        ("services: {a: {image: i, stop_grace_period: soon}}", "not a duration"),
        ("services: {a: {image: i, build: {context: ., args: {A: b}}}}", "build .* is not understood"),
        ("configs: {}\nservices: {}", "unknown keys"),
    ],
)
def test_refuses_what_it_would_not_do(tmp_path: Path, text: str, reason: str) -> None:
    """The reader refuses what it does not support."""
    file = tmp_path / "compose.yaml"
    file.write_text(text)
    with pytest.raises(ComposeError, match=reason):
        read(file, {})
