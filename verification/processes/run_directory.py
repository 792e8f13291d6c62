"""Temporary directories of a run: removed at its end, after SIGKILL, and at the latest by the next run.

Each directory holds a file that its owner, the process that made it, keeps locked. A run has one such
directory, and everything temporary that its processes need is made inside it.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from . import cleanup, lock

OWNER_FILE: Final = "lock"
_PREFIX: Final = "verification-run-"
_OLD_OWNER_FILE: Final = "owner"
"""Of older versions, which did not lock it and may be running."""
_REMOVAL_SECONDS: Final = 10.0
_REMAINDER_SECONDS: Final = 3600.0
"""After so long nobody is still making or removing a directory."""
_WATCHDOG: Final = """
trap '' INT TERM HUP
cat >/dev/null
turns=0
while [ -e "$1" ] && [ "$turns" -lt 1200 ]; do
    rm -rf "$1" || sleep 0.05
    turns=$((turns + 1))
done
"""
"""Waits for the end of a pipe that the run holds, which comes however the run ends."""


class _RunDirectory:
    """The directory of this run, with the watchdog that removes it should the run be killed."""

    def __init__(self) -> None:
        base = Path(tempfile.gettempdir())
        for directory in of_dead_runs(base, _PREFIX):
            shutil.rmtree(directory, ignore_errors=True)
        self.process = os.getpid()
        self.path = create(base, _PREFIX)
        self.path.chmod(0o711)  # another account finds its own files in it, but cannot list it
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "verification-watchdog", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # Ctrl-C in the terminal is not for it
        )
        cleanup.register(self)

    def close(self) -> None:
        cleanup.forget(self)
        remove(self.path)
        if self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
        self._watchdog.wait()


_lock = threading.Lock()
_current: _RunDirectory | None = None


def make(name: str) -> Path:
    """Return a new empty directory inside the run's own; only this account can enter it.

    ``name`` begins its name. Whoever asks for it removes it with ``remove``; what is forgotten goes
    with the run.
    """
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_of_this_process().path))


def owner_file() -> Path:
    """Return the file in the run's directory that this process keeps locked."""
    return _of_this_process().path / OWNER_FILE


def _of_this_process() -> _RunDirectory:
    global _current  # noqa: PLW0603 - one a process
    with _lock:
        if _current is None or _current.process != os.getpid() or not _current.path.exists():
            _current = _RunDirectory()
        return _current


@cache
def no_file() -> Path:
    """Return the path of a file that does not exist, in a folder of this run into which nobody writes."""
    return make("no-file") / "no-file"


def create(base: Path, prefix: str) -> Path:
    """Return a new directory in ``base`` that belongs to this process."""
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    lock.hold(directory / OWNER_FILE)
    return directory


def of_dead_runs(base: Path, prefix: str) -> Iterator[Path]:
    """Yield the directories of this account in ``base`` whose owner has ended."""
    for directory in base.glob(f"{prefix}*"):
        try:
            if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
                continue
        except OSError:
            continue
        if lock.is_free(directory / OWNER_FILE) or _is_remainder(directory):
            yield directory


def _is_remainder(directory: Path) -> bool:
    """Tell whether the lock of a directory went first when somebody was killed who made or removed it."""
    try:
        old = time.time() - directory.stat().st_mtime > _REMAINDER_SECONDS
        return old and not any((directory / name).exists() for name in (OWNER_FILE, _OLD_OWNER_FILE))
    except OSError:
        return False


def remove(directory: Path) -> None:
    """Remove a directory, although a process that is about to end may still write into it."""
    lock.release(directory / OWNER_FILE)
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while directory.exists() and time.monotonic() < deadline:
        shutil.rmtree(directory, ignore_errors=True)
