"""The gate's transport part fails, in the right words, for a project that drops what it is told."""

import re
from pathlib import Path
from typing import Any

import pytest

from verification.errors import CannotRun
from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.tests.suite.faulty_copies import copy_project, gate
from verification.transport.processes import Process

pytestmark = pytest.mark.postgres


@pytest.fixture
def project(configuration: Configuration, tmp_path: Path) -> Path:
    """A copy of the project, ready to be broken."""
    return copy_project(configuration, tmp_path)


def evidence(check: dict[str, Any]) -> str:
    """Return all that a check's findings say."""
    return "\n".join(line for each in check["findings"] for line in (each["message"], *each["evidence"]))


@pytest.mark.slow
def test_an_ignored_root_certificate_is_found(configuration: Configuration, project: Path) -> None:
    """OPTIONS lack the parameter, and the wire tells: another authority's server is let in."""
    variable = configuration.database_environment["sslrootcert"]
    settings = project / configuration.settings_file
    text = settings.read_text(encoding="utf-8")
    assert f'os.getenv("{variable}")' in text
    settings.write_text(text.replace(f'os.getenv("{variable}")', "None"), encoding="utf-8")

    checks = "(test_options and not any) or certificates or processes"
    done = gate(project, "test_transport.py", "test_transport_project.py", "-k", checks)

    output = done.stdout + done.stderr
    assert done.status == 1, output
    options = evidence(done.checks["transport.options"])
    assert re.search(rf"{variable}='\S+': OPTIONS hold \{{.*\}}, expected \{{.*'sslrootcert'", options), (
        options
    )
    processes = evidence(done.checks["transport.processes"])
    for process in ("web server", "Celery worker", "Celery beat", "management command"):
        assert f"{process}, alias default: expected 'connected over TLS', got" in processes
    certificates = evidence(done.checks["transport.certificates"])
    assert (
        f"{variable} of another authority, verify-full: expected 'certificate verify failed'" in certificates
    )


def test_a_server_without_tls_is_an_error_in_one_line(project: Path, server: Server) -> None:
    """Asked to prove TLS where there is none, the gate says where and what to do; no secret shows."""
    done = gate(project, "--dsn", server.url(), "test_transport.py", "-k", "test_cases", provider="existing")

    assert done.status == 2, done.output
    assert "server does not support SSL, but SSL was required" in done.output
    assert "use --provider embedded" in done.output
    assert server.password not in done.output


def test_a_worker_that_does_not_start_ends_in_one_line(configuration: Configuration) -> None:
    """The line holds the worker's own last words."""
    broken = Configuration(root=configuration.root, celery_app="no_such_module.celery:app")
    with (
        Process("Celery worker", broken, broken.variables()) as worker,
        pytest.raises(CannotRun, match=r"Celery worker: did not connect; it said: .*no_such_module"),
    ):
        worker.sessions()
