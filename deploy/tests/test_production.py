"""A production start inside the image: the manifests' settings, the first admin, migrations or none."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import yaml
from cryptography.fernet import Fernet

from deploy.tests.compose import Compose
from deploy.tests.engine import ROOT, System, wait_for

ENDS_WITHIN: Final = 400
"""Seconds; a bound for a machine that has much else to do, not a measure."""
SECRET: Final = "/run/postgres-secret"
FILES: Final = "/run/postgres-tls"
AS_KUBELET_LEAVES_THEM: Final = f"""
set -e
cd {SECRET}
cp /run/tls/client.pem tls.crt; cp /run/tls/client.key tls.key; cp /run/tls/ca.pem ca.crt
chown root:10001 *; chmod 0640 *; chown root:10001 .; chmod 2750 .
chown root:10001 {FILES}; chmod 2777 {FILES}
"""
"""A Secret of mode 0600 under fsGroup: the kubelet gives the files to root, and the group may read them."""
_ADMIN: Final = (
    "from django.contrib.auth import get_user_model as m; u = m().objects.get(username='boss');"
    "print('ADMIN', m().objects.count(), u.is_superuser, u.email, u.check_password('first-Word-1'))"
)


@pytest.fixture(scope="module")
def pod(system: System, image: str) -> dict[str, Any]:
    """How Kubernetes starts a container of this image: ConfigMap, Secret, files, security context."""
    secret, files = system.volume("postgres-secret"), system.volume("postgres-tls")
    volumes = {secret: {"bind": SECRET}, files: {"bind": FILES}}
    options = {
        "volumes": volumes | {f"{system.name}-tls": {"bind": "/run/tls", "mode": "ro"}},
        "entrypoint": "sh",
        "user": "root",
    }
    _run(system, image, options, "-c", AS_KUBELET_LEAVES_THEM)
    locked = {
        "read_only": True,
        "tmpfs": {"/tmp": ""},
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "user": "10001",
        "group_add": ["10001"],
    }
    (copier,) = _manifest("migrate")["spec"]["template"]["spec"]["initContainers"]
    script, *arguments = copier["command"]
    _run(system, image, locked | {"volumes": volumes, "entrypoint": script}, *arguments)
    return locked | {
        "environment": _manifest_environment() | {"DB_HOST": "database"},
        "volumes": {files: {"bind": FILES, "mode": "ro"}},
    }


@pytest.fixture
def database(system: System) -> Iterator[str]:
    """An empty database beside that of the running system."""
    name = f"fresh_{secrets.token_hex(4)}"
    system.query(f"CREATE DATABASE {name}")
    yield name
    system.query(f"DROP DATABASE {name} WITH (FORCE)")


def test_check_deploy_is_clean(system: System, image: str, pod: dict[str, Any], compose: Compose) -> None:
    """With the manifests' settings and files the system checks report nothing."""
    pod = pod | {"environment": _with_password(pod, compose) | {"SKIP_MIGRATIONS": "true"}}
    output = _run(
        system, image, pod, "python", "manage.py", "check", "--deploy", "--database", "default",
        "--fail-level", "WARNING",
    )  # fmt: skip
    assert "no issues" in output
    assert "PostgreSQL SSL: enabled, mode verify-full" in output


def test_connects_with_files_of_its_own(
    system: System, image: str, pod: dict[str, Any], compose: Compose
) -> None:
    """The copies are private to the image's user, and PostgreSQL sees the client's certificate."""
    pod = pod | {"environment": _with_password(pod, compose) | {"SKIP_MIGRATIONS": "true"}}
    code = (
        f"import os; print([oct(os.stat(f'{FILES}/{{n}}').st_mode) for n in sorted(os.listdir('{FILES}'))]);"
        "from django.db import connection as c; k = c.cursor();"
        "k.execute('SELECT ssl, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()'); print(k.fetchall())"
    )
    output = _run(system, image, pod, "python", "manage.py", "shell", "-c", code)
    assert str(["0o100600"] * 3) in output
    assert "[(True, '/CN=coffee')]" in output


def test_sidecar_hands_a_renewed_secret_on(system: System, image: str) -> None:
    """The web pod's sidecar copies a changed file while it runs, and ends on SIGTERM."""
    source, target = system.volume("renewed-secret"), system.volume("renewed")
    both = {"volumes": {source: {"bind": SECRET}, target: {"bind": FILES}}, "user": "root"}
    sidecar = _manifest("web")["spec"]["template"]["spec"]["initContainers"][0]
    script, *arguments, _seconds = sidecar["command"]
    write = f"printf %s {{}} > {SECRET}/tls.key; chmod 0640 {SECRET}/tls.key"
    _run(system, image, both | {"entrypoint": "sh"}, "-c", write.format("first"))
    container = system.run(image, *arguments, "0.2", **both, entrypoint=script)

    def copied(content: str) -> bool:
        command = f"cat {FILES}/tls.key; stat -c ' %a' {FILES}/tls.key"
        return container.exec_run(["sh", "-c", command]).output.decode().strip() == f"{content} 600"

    wait_for("the first file", lambda: copied("first"))
    container.exec_run(["sh", "-c", write.format("second")])
    wait_for("the second file", lambda: copied("second"))
    container.stop(timeout=30)
    assert container.wait()["StatusCode"] == 0


def test_skip_migrations(system: System, image: str, compose: Compose, database: str) -> None:
    """`SKIP_MIGRATIONS=true` leaves an empty database empty."""
    environment = _of_web(compose) | {"DB_NAME": database, "SKIP_MIGRATIONS": "true"}
    code = "from django.db import connection as c; print('TABLES', len(c.introspection.table_names()))"
    options = _inside(system, environment)
    assert "TABLES 0" in _run(system, image, options, "python", "manage.py", "shell", "-c", code)


def test_migration_job_on_an_empty_database(
    system: System, image: str, pod: dict[str, Any], compose: Compose, database: str
) -> None:
    """The Job migrates, makes the first admin, and finds nothing left to do; a later start does not change the admin."""
    (container,) = _manifest("migrate")["spec"]["template"]["spec"]["containers"]
    environment = _with_password(pod, compose) | {
        "DB_NAME": database,
        "DJANGO_SUPERUSER_USERNAME": "boss",
        "DJANGO_SUPERUSER_EMAIL": "boss@example.com",
        "DJANGO_SUPERUSER_PASSWORD": "first-Word-1",
    }
    job = environment | {each["name"]: each["value"] for each in container["env"]}
    output = _run(system, image, pod | {"environment": job}, *container["args"])
    later = environment | {"DJANGO_SUPERUSER_PASSWORD": "second-Word-2", "SKIP_MIGRATIONS": "true"}
    output += _run(system, image, pod | {"environment": later}, "python", "manage.py", "shell", "-c", _ADMIN)
    assert "ADMIN 1 True boss@example.com True" in output
    assert "Word" not in output


def test_certificate_watch_fails_for_a_certificate_that_ends(
    system: System, image: str, pod: dict[str, Any], compose: Compose
) -> None:
    """The CronJob's command passes with days enough left, and fails, naming the file, when they are not."""
    job = _manifest("certificates")["spec"]["jobTemplate"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    environment = _with_password(pod, compose) | {"SKIP_MIGRATIONS": "true"}
    _run(system, image, pod | {"environment": environment}, *container["args"])
    environment["SSL_CERT_EXPIRY_WARNING_DAYS"] = "91"
    warned = system.run(image, *container["args"], **pod | {"environment": environment})
    assert warned.wait(timeout=ENDS_WITHIN)["StatusCode"] != 0
    assert f"POSTGRES_SSL_CERT {FILES}/tls.crt expires on" in warned.logs().decode()


def test_no_admin_from_two_variables(system: System, image: str, compose: Compose) -> None:
    """Name and e-mail without a password create no user, and are no error."""
    given = {"DJANGO_SUPERUSER_USERNAME": "boss", "DJANGO_SUPERUSER_EMAIL": "boss@example.com"}
    options = _inside(system, _of_web(compose) | {"SKIP_MIGRATIONS": "true"} | given)
    _run(system, image, options, "true")
    assert system.query("SELECT count(*) FROM auth_user") == "0"


def _manifest(name: str) -> dict[str, Any]:
    """Return a file's first object."""
    text = (ROOT / "deploy" / "kubernetes" / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(next(yaml.safe_load_all(text)))


def _manifest_environment() -> dict[str, str]:
    config, secret = _manifest("config")["data"], _manifest("secret.example")["stringData"]
    values = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIALS_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "DB_USER": "coffee",
        "TMETR_TOKEN": secrets.token_urlsafe(20),
        "CELERY_BROKER_URL": "redis://queue:6379/0",
        "CELERY_RESULT_BACKEND": "redis://queue:6379/0",
    }
    assert set(values) < set(secret)
    return {**config, **secret, **values}


def _with_password(pod: Mapping[str, Any], compose: Compose) -> dict[str, str]:
    return {**pod["environment"], "DB_PASSWORD": _of_web(compose)["DB_PASSWORD"]}


def _of_web(compose: Compose) -> dict[str, str]:
    return dict(compose.services["web"].environment)


def _inside(system: System, environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        "environment": dict(environment),
        "volumes": {f"{system.name}-tls": {"bind": "/run/tls", "mode": "ro"}},
        "read_only": True,
        "tmpfs": {"/tmp": ""},
    }


def _run(system: System, image: str, options: Mapping[str, Any], *command: str) -> str:
    container = system.run(image, *command, **options)
    status = container.wait(timeout=ENDS_WITHIN)["StatusCode"]
    output = container.logs().decode()
    assert status == 0, output
    return str(output)
