"""The production server process: it comes up on its port, tells why it does not, and is gone afterwards."""

import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import verification
from verification.errors import CannotRun
from verification.project.configuration import Configuration
from verification.project.environment import environment
from verification.project.http_servers import Application
from verification.project.settings_changes import replaced_databases
from verification.project.web_server import WebServer

HARNESS = Path(verification.__file__).resolve().parent.parent
REFERENCE = "verification.health.latency.reference:application"
VARIABLES = {**os.environ, "PYTHONPATH": str(HARNESS)}


def members(group: int) -> list[str]:
    """The processes of a group that still run, as ``ps`` tells; one that waits to be reaped is gone."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [row[-1] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def test_answers_and_is_gone(tmp_path: Path) -> None:
    """It answers while the block lasts, and none of its processes is left afterwards."""
    with WebServer(Application(name=REFERENCE), VARIABLES, directory=tmp_path) as web:
        web.wait("/")
        answer = web.probe("/").send()
        assert members(web._process.pid)

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert members(web._process.pid) == []  # its port may be another's by now


@pytest.mark.parametrize(("server", "asgi"), [("uvicorn", True), ("granian", True), ("granian", False)])
def test_other_servers_answer_and_are_gone(server: str, asgi: bool, tmp_path: Path) -> None:
    """On the port that was kept for them; ASGI and WSGI."""
    name = REFERENCE.replace(":", ":asgi_") if asgi else REFERENCE
    application = Application(name=name, server=server, asgi=asgi, extra=("--workers", "1"))
    with WebServer(application, VARIABLES, directory=tmp_path) as web:
        web.wait("/")
        assert (web.probe("/").send().status, web.workers() != []) == (200, True)
    assert members(web._process.pid) == []


def test_a_server_that_is_not_installed_is_one_line(tmp_path: Path) -> None:
    """Named, with the way out; nothing is started."""
    with pytest.raises(
        CannotRun, match="daphne is not installed in this Python; install it: pip install daphne"
    ):
        WebServer(Application(name=REFERENCE, server="daphne"), VARIABLES, directory=tmp_path)


def test_the_database_of_settings_without_variables(tmp_path: Path) -> None:
    """Every alias is on the harness's database; what belongs to another kind of server is dropped."""
    there = {"NAME": "verification", "USER": "u", "PASSWORD": "p", "HOST": "127.0.0.1", "PORT": "5433"}
    theirs = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "x",
            "OPTIONS": {"timeout": 5},
            "CONN_MAX_AGE": 3,
        },
        "stock": {
            "ENGINE": "psqlextra.backend.postgres",
            "HOST": "db",
            "OPTIONS": {"sslmode": "require", "pool": True},
        },
        "geo": {"ENGINE": "django.contrib.gis.db.backends.postgis", "TEST": {"MIRROR": "default"}},
    }

    replaced = replaced_databases(theirs, there)

    assert replaced["default"] == {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 3, **there}
    assert replaced["geo"]["ENGINE"] == "django.contrib.gis.db.backends.postgis"
    assert replaced["geo"]["TEST"] == {"MIRROR": "default"}
    assert all(each | there == each for each in replaced.values())
    assert "sslmode" not in replaced["stock"].get("OPTIONS", {})
    assert replaced_databases({}, there)["default"]["HOST"] == "127.0.0.1"


def test_many_at_once_do_not_clash(tmp_path: Path) -> None:
    """Servers started side by side have ports of their own."""
    with (
        WebServer(Application(name=REFERENCE), VARIABLES, directory=tmp_path) as left,
        WebServer(Application(name=REFERENCE), VARIABLES, directory=tmp_path) as right,
    ):
        assert left.port != right.port
        assert left.wait("/").statuses("/", 2) == right.wait("/").statuses("/", 2) == [200, 200]


def test_the_projects_configuration_is_used(tmp_path: Path) -> None:
    """The project's gunicorn configuration applies, its own bind apart."""
    config = tmp_path / "gunicorn.conf.py"
    config.write_text('bind = "127.0.0.1:1"\nproc_name = "x"\naccesslog = "-"\n', encoding="utf-8")
    with WebServer(Application(name=REFERENCE, gunicorn_config=config), VARIABLES, directory=tmp_path) as web:
        web.wait("/configured").wait_for_log("GET /configured")


def test_reason_of_a_failed_start(tmp_path: Path) -> None:
    """A project that does not import ends the wait at once, with its own last words."""
    (tmp_path / "broken.py").write_text('raise RuntimeError("no such setting")\n', encoding="utf-8")
    with (
        WebServer(Application(name="broken:application"), VARIABLES, directory=tmp_path) as web,
        pytest.raises(CannotRun, match=r"gunicorn broken:application: ended .*no such setting") as caught,
    ):
        web.wait("/")

    assert "\n" not in str(caught.value)


def test_missing_gunicorn_configuration(tmp_path: Path) -> None:
    """A configuration file that is not there is named."""
    with pytest.raises(CannotRun, match=r"absent\.py: no such file; fix gunicorn_config"):
        WebServer(
            Application(name=REFERENCE, gunicorn_config=tmp_path / "absent.py"), VARIABLES, directory=tmp_path
        )


def test_project_without_wsgi(tmp_path: Path) -> None:
    """A project that names no WSGI application is told so, not skipped."""
    with pytest.raises(CannotRun, match=r"names no wsgi and no asgi application; add wsgi = "):
        WebServer.of(Configuration(root=tmp_path), VARIABLES)


def test_ends_with_a_killed_harness(tmp_path: Path) -> None:
    """SIGKILL on the process that started it ends the web server too."""
    program = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from verification.project.http_servers import Application\n"
        "from verification.project.web_server import WebServer\n"
        f"web = WebServer(Application(name={REFERENCE!r}), os.environ, directory=Path({str(tmp_path)!r})).wait('/')\n"
        "print(web._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    harness = subprocess.run(
        [sys.executable, "-c", program], env=VARIABLES, capture_output=True, check=False, timeout=60
    )
    assert harness.returncode == -signal.SIGKILL, harness.stderr.decode()

    if sys.platform != "linux":
        pytest.skip("only Linux has pidfd_open")
    try:
        web = os.pidfd_open(int(harness.stdout))
    except ProcessLookupError:
        return  # gone already
    with closing(os.fdopen(web)):
        assert select.select([web], [], [], 10)[0], "gunicorn outlived the harness"


def test_environment_leads_to_the_given_database_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a database the caller's own coordinates and TLS files are taken out; the rest stays."""
    names = {"name": "APP_DB", "host": "APP_HOST", "sslmode": "APP_SSL", "sslcert": "APP_CERT"}
    for variable in (*names.values(), "APP_OTHER"):
        monkeypatch.setenv(variable, "set by the shell")
    configuration = replace(Configuration(root=tmp_path), settings="app.settings", database_environment=names)

    found = environment(configuration, None)

    assert not set(names.values()) & set(found)
    assert found["APP_OTHER"] == "set by the shell"
    assert found["DJANGO_SETTINGS_MODULE"] == "app.settings"
    assert str(HARNESS) in found["PYTHONPATH"].split(os.pathsep)
