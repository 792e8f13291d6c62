"""The trials: what is odd, and how the run must end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

GOOD: Final = '''
def test_good(verification_check, verification_server):
    """The server answers."""
    ((answer,),) = verification_server.create_database().execute("SELECT 1")
    verification_check.measure("answer", answer, "count", limit=1)
'''
_POSTMASTER: Final = """
import os, signal
def postmaster(server):
    return int((server.data / "postmaster.pid").read_text().split()[0])
"""
STOPPED: Final = (
    _POSTMASTER
    + '''
def test_stopped(verification_check, verification_server):
    """The server's process is stopped by a signal."""
    os.kill(postmaster(verification_server), signal.SIGSTOP)
    verification_server.create_database()

def test_next(verification_check, verification_server):
    """Needs the same server."""
    verification_server.create_database()
'''
)
HANGING: Final = (
    _POSTMASTER
    + '''
def test_hanging(verification_check, verification_server):
    """Waits within libpq, without a limit, for a server that is stopped."""
    import psycopg2
    os.kill(postmaster(verification_server), signal.SIGSTOP)
    psycopg2.connect(verification_server.url(connect_timeout="0"))
'''
)
KILLED: Final = (
    _POSTMASTER
    + '''
def test_killed(verification_check, verification_server):
    """The server is killed."""
    os.kill(postmaster(verification_server), signal.SIGKILL)
    verification_server.create_database()
'''
)
NONSENSE: Final = {
    "PGSERVICE": "nope", "PGSERVICEFILE": "{scratch}/none", "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "{scratch}/none", "PGHOST": "nowhere.invalid", "PGPORT": "1",
    "PGUSER": "nobody", "PGPASSWORD": "wrong", "PGDATABASE": "nothing", "PGTZ": "Mars/Olympus", "PGDATESTYLE": "x",
    "PGCHANNELBINDING": "require", "PGREQUIREAUTH": "md5", "PGTARGETSESSIONATTRS": "standby", "PGGEQO": "x",
    "PGPASSFILE": "{scratch}/none", "PGCLIENTENCODING": "x", "PGKRBSRVNAME": "x", "PGHOSTADDR": "192.0.2.1",
}  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One run of the gate over a small project. ``{scratch}`` in values is the trial's own folder."""

    name: str
    status: int = 0
    words: str = ""
    """What the user must be told."""
    variables: Mapping[str, str | None] = field(default_factory=dict)
    """Changes of the environment; None: unset."""
    arguments: tuple[str, ...] = ()
    prepare: str = ""
    """Shell commands in the project's folder; what they set (``umask``, ``ulimit``) holds for the run."""
    checks: str = GOOD
    settings: str | None = None
    """Content of the project's settings."""
    cheap: bool = False
    """Among the default tests."""


TRIALS: Final = (
    Trial("nothing odd"),
    Trial("no HOME", variables={"HOME": None, "XDG_CACHE_HOME": None}),
    Trial("HOME is missing", variables={"HOME": "{scratch}/none", "XDG_CACHE_HOME": None}),
    Trial("HOME is a file", variables={"HOME": "/dev/null", "XDG_CACHE_HOME": None}),
    Trial("libpq's variables are nonsense", variables=NONSENSE),
    Trial("locale C", variables={"LC_ALL": "C", "LANG": "C"}),
    Trial("locale that is not installed", variables={"LC_ALL": "xx_YY.UTF-8", "LANG": "xx_YY.UTF-8"}),
    Trial("TMPDIR with spaces", prepare="mkdir 'a b'; export TMPDIR=\"$PWD/a b\""),
    Trial("TMPDIR of 200 characters", prepare=f"mkdir {'x' * 200}; export TMPDIR=$PWD/{'x' * 200}"),
    Trial("64 open files", prepare="ulimit -n 64"),
    Trial("umask 000", prepare="umask 000"),
    Trial("umask 077", prepare="umask 077"),
    Trial("one processor", prepare="taskset -p -c 0 $$ >/dev/null"),
    Trial("no engine behind DOCKER_HOST", variables={"DOCKER_HOST": "tcp://127.0.0.1:1"}),
    Trial(
        "proxies that nobody serves",
        variables={"http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"},
    ),
    Trial("PYTHONWARNINGS=error", variables={"PYTHONWARNINGS": "error"}),
    Trial("PYTEST_DISABLE_PLUGIN_AUTOLOAD", variables={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
    Trial("PYTEST_ADDOPTS", variables={"PYTEST_ADDOPTS": "--collect-only -n 2 -p no:django"}),
    Trial(
        "DJANGO_SETTINGS_MODULE of another project", variables={"DJANGO_SETTINGS_MODULE": "no.such.settings"}
    ),
    Trial("PYTHONOPTIMIZE", 2, "Python runs with -O", variables={"PYTHONOPTIMIZE": "2"}, cheap=True),
    Trial("-n 2", 2, "one process", arguments=("-n", "2")),
    Trial("reports cannot be written", 2, "fix the folder", prepare="touch reports", cheap=True),
    Trial("an unknown version of PostgreSQL", 2, "PostgreSQL 9", arguments=("--postgres", "9")),
    Trial("os._exit(0) in the settings", 2, "ended before", settings="import os; os._exit(0)", cheap=True),
    Trial(
        "os._exit(0) in a check",
        2,
        "after 1 of",
        checks=f"{GOOD}\ndef test_late(verification_check):\n    import os; os._exit(0)\n",
    ),
    Trial("the server is stopped", 2, "does not answer", checks=STOPPED),
    Trial("a check hangs in libpq", 2, "does not answer", checks=HANGING),
    Trial("the server is killed", 2, "killed", checks=KILLED),
)
