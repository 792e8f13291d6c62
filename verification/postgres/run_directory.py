"""The folder of one embedded server's run: its data, its socket and its log, all gone with it."""

import os
import tempfile
from pathlib import Path
from typing import Final

from verification.errors import CannotRun
from verification.postgres import watchdog
from verification.postgres.tls import write_private
from verification.processes.account import Account
from verification.processes.identity import Owner

_PREFIX: Final = "verification-"
_OWNER: Final = "owner"
_LONGEST_BASE: Final = 60
"""A socket's path ends at 103 bytes on the strictest system; the run's folder and the file take the rest."""


def create(account: Account) -> Path:
    """Make a folder that the server's account can enter and nobody else can look into."""
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_base(account)))
    write_private(directory / _OWNER, str(Owner.current()).encode())
    directory.chmod(0o711 if account.switch else 0o700)
    return directory


def remove_stale(account: Account) -> None:
    """Remove what runs left that died together with their guardian (a crash of the machine, say)."""
    for directory in _base(account).glob(f"{_PREFIX}*"):
        try:
            if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
                continue
            left_by = Owner.parse((directory / _OWNER).read_text(encoding="utf-8"))
        except OSError:
            continue
        if left_by is not None and left_by.is_dead(here=True):
            watchdog.clean(directory)


def _base(account: Account) -> Path:
    for directory in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - mkdtemp inside
        short = len(str(directory.resolve())) <= _LONGEST_BASE
        if short and directory.is_dir() and (not account.switch or _open_to_all(directory)):
            return directory.resolve()
    raise CannotRun("embedded: no folder for temporary files that the server's account can enter; set TMPDIR")


def _open_to_all(directory: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (directory, *directory.resolve().parents))
