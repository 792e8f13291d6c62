"""The folder of one embedded server's run: its data, its socket and its log, all gone with it."""

import tempfile
from pathlib import Path
from typing import Final

from ..errors import CannotRun
from ..processes import run_directory
from ..processes.account import Account
from . import watchdog

_PREFIX: Final = "verification-"
_LONGEST_BASE: Final = 60
"""A socket's path ends at 103 bytes on the strictest system; the run's folder and the file take the rest."""


def create(account: Account) -> Path:
    """Make a folder that the server's account can enter and nobody else can look into."""
    directory = run_directory.create(_base(account), _PREFIX)
    directory.chmod(0o711 if account.switch else 0o700)
    return directory


def remove_stale(account: Account) -> None:
    """Remove what runs left that died together with their guardian (a crash of the machine, say)."""
    for directory in run_directory.of_dead_runs(_base(account), _PREFIX):
        watchdog.clean(directory)


def _base(account: Account) -> Path:
    for directory in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - mkdtemp inside
        short = len(str(directory.resolve())) <= _LONGEST_BASE
        if short and directory.is_dir() and (not account.switch or _open_to_all(directory)):
            return directory.resolve()
    raise CannotRun("embedded: no folder for temporary files that the server's account can enter; set TMPDIR")


def _open_to_all(directory: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (directory, *directory.resolve().parents))
