"""What keeps the gate from judging is one line, exit status 2, and nothing is left."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest import mock

import pytest
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from verification.errors import CannotRun
from verification.postgres import providers
from verification.postgres.existing import ExistingServer
from verification.postgres.server import Server
from verification.processes.port import LOOPBACK
from verification.processes.wait import wait_for
from verification.tests.deploy.repository import git, write
from verification.tests.migrations.project_copies import Completed, command, databases

pytestmark = pytest.mark.slow

ROWS: Final = ("--rows", "1500")
CALL: Final = """
import socket
import urllib.request


def call(apps, schema_editor):
    urllib.request.urlopen("http://example.org:8080/")


def by_address(apps, schema_editor):
    socket.create_connection(("192.0.2.1", 443), timeout=1)


def caught(apps, schema_editor):
    try:
        call(apps, schema_editor)
    except Exception:
        pass


def wrapped(apps, schema_editor):
    try:
        call(apps, schema_editor)
    except Exception as error:
        raise ValueError("no luck") from error
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with providers.start("embedded") as own:
        yield own


def refused(said: Completed, server: Server, before: set[str]) -> str:
    """Return the one line."""
    assert (said.returncode, said.stderr.count("\n")) == (2, 1), said.stdout + said.stderr
    assert "Traceback" not in said.stderr
    assert databases(server) == before
    return said.stderr


@pytest.mark.parametrize(
    ("function", "where"),
    [("call", "example.org:8080"), ("by_address", "192.0.2.1:443"), ("caught", "example.org:8080"),
     ("wrapped", "example.org:8080")],
)  # fmt: skip
def test_a_migration_that_calls_the_network_is_named(
    function: str, where: str, project: Path, server: Server
) -> None:
    before = databases(server)
    write(project, f"python({function}, {function})", CALL)
    line = refused(command(project, server, "deploy", "--since", "main", *ROWS), server, before)

    assert "goods.0002_change" in line
    assert f"it calls the network ({where})" in line


def test_a_receiver_may_call_the_network(project: Path, server: Server) -> None:
    """A cache that is emptied after every migrate, or when a model is saved, is no migration's own call."""
    write(project, "python(migrations.RunPython.noop, migrations.RunPython.noop)")
    with (project / "goods/models.py").open("a") as models:
        models.write(
            "import socket\nfrom django.db.models import signals\n\n\n"
            "def forget(**_):\n    assert socket.socket().connect_ex(('127.0.0.1', 9))\n\n\n"
            "signals.post_migrate.connect(forget)\nsignals.pre_migrate.connect(forget)\n"
            "signals.pre_save.connect(forget, sender=Item)\n"
        )
    said = command(project, server, "deploy", "--since", "main", *ROWS)

    assert said.returncode == 0, said.stdout + said.stderr


def test_a_socket_in_the_file_system_is_no_network(project: Path, server: Server) -> None:
    functions = (
        "import socket\n\n\ndef local(apps, schema_editor):\n"
        "    assert socket.socket(socket.AF_UNIX).connect_ex('/nowhere')\n"
    )
    write(project, "python(local, local)", functions)
    said = command(project, server, "deploy", "--since", "main", *ROWS)

    assert said.returncode == 0, said.stdout + said.stderr


def test_an_extension_that_the_server_lacks_is_no_finding(project: Path, server: Server) -> None:
    before = databases(server)
    write(project, 'sql("CREATE EXTENSION not_there")')
    line = refused(command(project, server, "deploy", "--since", "main", *ROWS), server, before)

    assert "goods.0002_change" in line
    assert "this server lacks the extension" in line


def test_a_machine_without_git_is_one_line(project: Path, server: Server, tmp_path: Path) -> None:
    before = databases(server)
    with mock.patch("verification.deploy.base_tree.GIT", str(tmp_path / "git")):
        line = refused(command(project, server, "deploy", "--since", "main", *ROWS), server, before)

    assert "no program git" in line


def test_a_base_whose_migration_fails_is_one_line(project: Path, server: Server) -> None:
    before = databases(server)
    write(project, 'sql("SELECT nothing")')
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=broken")
    change = project / "goods/migrations/0002_change.py"
    following = change.read_text(encoding="utf-8").replace("0001_initial", "0002_change")
    (project / "goods/migrations/0003_next.py").write_text(following, encoding="utf-8")
    line = refused(command(project, server, "deploy", "--since", "HEAD", *ROWS), server, before)

    assert "the base cannot be migrated in goods.0002_change" in line


@pytest.fixture
def small_server() -> Iterator[ExistingServer]:
    """A server whose data fit, and not for long; its log of changes is elsewhere."""
    container = DockerContainer("postgres:17")
    container.tmpfs |= {"/data": "size=110m", "/wal": "size=1g,mode=1777"}
    container.with_env("POSTGRES_PASSWORD", "small").with_env("PGDATA", "/data/in")
    container.with_env("POSTGRES_INITDB_ARGS", "--waldir=/wal/in")
    container.ports["5432/tcp"] = (LOOPBACK, None)  # type: ignore[assignment]  # docker-py's own notation
    testcontainers_config.ryuk_disabled = True  # its image may not be there
    with container:
        url = f"postgresql://postgres:small@{LOOPBACK}:{container.get_exposed_port(5432)}/postgres"
        assert wait_for(lambda: answers(url), seconds=60)
        with ExistingServer.launch(url) as server:
            yield server


def answers(url: str) -> bool:
    try:
        ExistingServer.launch(url).close()
    except CannotRun:
        return False
    return True


@pytest.mark.container
def test_a_full_disk_is_one_line(project: Path, small_server: ExistingServer) -> None:
    """Unless PostgreSQL itself ends with it, which is another line."""
    before = databases(small_server)
    write(
        project,
        "sql('CREATE TABLE large AS SELECT n, repeat($$x$$, 900) FROM generate_series(1, 999999) n', '')",
    )
    said = command(project, small_server, "deploy", "--since", "main", *ROWS)
    line = refused(said, small_server, before)

    assert "No space left on device" in line
    assert "goods.0002_change" in line
    assert "free disk space" in line


def test_no_process_is_left(project: Path, server: Server) -> None:
    """The worker of a migration that does not end is gone, and so is its session."""
    write(
        project,
        "python(endless)",
        "import time\n\n\ndef endless(apps, schema_editor):\n    time.sleep(1000)\n",
    )
    said = command(project, server, "deploy", "--since", "main", "--limit", "3", *ROWS)

    assert said.returncode == 2
    assert "goods.0002_change" in said.stderr
    workers = subprocess.run(["ps", "-eo", "ppid,args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in workers.splitlines() if "execution/worker" in line and str(project) in line]
