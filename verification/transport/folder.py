"""Temporary folders that do not outlive their run for long: a killed run's are removed by the next one."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from verification.processes.identity import Owner

_PREFIX: Final = "verification-transport-"
_OWNER: Final = "owner"


def make() -> Path:
    """Make a folder, and remove those whose process is gone; the caller removes its own."""
    base = Path(tempfile.gettempdir())
    for folder in base.glob(f"{_PREFIX}*"):
        if _is_stale(folder):
            shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    (folder / _OWNER).write_text(str(Owner.current()), encoding="utf-8")
    return folder


def _is_stale(folder: Path) -> bool:
    try:
        ours = os.geteuid() in {0, folder.lstat().st_uid}  # root gives its folders to another account
        if folder.is_symlink() or not ours:
            return False
        owner = Owner.parse((folder / _OWNER).read_text(encoding="utf-8"))
    except OSError:
        return False
    return owner is not None and owner.is_dead()
