"""Cleans up after an embedded server whose harness died without doing so (SIGKILL, a crash).

A shell waits for the end of a pipe that the harness holds: the end of the pipe is the end of the
harness, whatever caused it. It then stops the server at once and removes its directory. (The kernel
could send the server a signal at its parent's death, but that means the thread that started it, and
would leave the directory.)
"""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

_SECONDS: Final = 10
"""How long an immediate shutdown may take before the server is killed."""

_SCRIPT: Final = f"""
trap '' INT TERM HUP
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
runs() {{  # a number can have been given to another process since: ask what it was started with
    if [ -d /proc/self ]; then grep -qF "$2/data" "/proc/$1/cmdline"; else ps -p "$1" -o command= | grep -qF "$2/data"; fi
}} 2>/dev/null
if [ -n "$pid" ] && runs "$pid" "$1"; then
    kill -QUIT "$pid"
    turns=0
    while runs "$pid" "$1" && [ "$turns" -lt {_SECONDS * 20} ]; do sleep 0.05; turns=$((turns + 1)); done
    ! runs "$pid" "$1" || kill -KILL "$pid"
fi
turns=0
while [ -e "$1" ] && [ "$turns" -lt {_SECONDS * 20} ]; do
    rm -rf "$1" || sleep 0.05
    turns=$((turns + 1))
done
"""  # noqa: E501 - one line of shell


def watch(directory: Path) -> subprocess.Popen[bytes]:
    """Start a guardian of a run's directory (the server's data are in ``data``); hold its ``stdin``."""
    return _start(directory, subprocess.PIPE)


def dismiss(guardian: subprocess.Popen[bytes]) -> None:
    """End a guardian whose directory is gone."""
    assert guardian.stdin is not None  # noqa: S101 - it was asked for
    guardian.stdin.close()
    guardian.wait(_SECONDS * 3)


def clean(directory: Path) -> None:
    """Do a guardian's work for a run that died together with its guardian."""
    _start(directory, subprocess.DEVNULL).wait(_SECONDS * 3)


def remove(directory: Path) -> None:
    """Remove a directory into which a dying process may still write."""
    deadline = time.monotonic() + _SECONDS
    while directory.exists() and time.monotonic() < deadline:
        shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path, stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", _SCRIPT, "verification-guardian", str(directory)],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # Ctrl-C in the terminal is not for it
    )
