"""Ends an embedded server, and removes its directory, when the harness dies without doing so (SIGKILL, a crash).

A shell waits for the end of a pipe that the harness holds open, which comes when the harness ends for any
reason. (prctl(PR_SET_PDEATHSIG) would send the server a signal when the thread that started it ends, and
would not remove the directory.)
"""

import subprocess
from pathlib import Path
from typing import Final

_SECONDS: Final = 10
"""Seconds that an immediate shutdown may take before the server is killed."""

_SCRIPT: Final = f"""
trap '' INT TERM HUP
cat >/dev/null
servers() {{  # one that is just starting has no postmaster.pid yet; grep may find itself
    if [ -d /proc/self ]; then grep -lF "$1/data" /proc/[0-9]*/cmdline | cut -d / -f 3
    else ps -A -o pid=,command= | grep -F "$1/data" | awk '{{print $1}}'; fi
}} 2>/dev/null
turns=0
while [ -e "$1" ] && [ "$turns" -lt {_SECONDS * 120} ]; do
    for pid in $(servers "$1"); do
        if [ "$turns" -lt {_SECONDS * 20} ]; then kill -QUIT "$pid"; kill -CONT "$pid"; else kill -KILL "$pid"; fi
    done 2>/dev/null
    rm -rf "$1" 2>/dev/null || sleep 0.05
    turns=$((turns + 1))
done
"""


def watch(directory: Path) -> subprocess.Popen[bytes]:
    """Start a watchdog for a run's directory, with the server's data in ``data``; keep its ``stdin`` open."""
    return _start(directory, subprocess.PIPE)


def dismiss(process: subprocess.Popen[bytes]) -> None:
    """End a watchdog whose directory has been removed."""
    assert process.stdin is not None  # noqa: S101 - ``watch`` asks for a pipe
    process.stdin.close()
    process.wait(_SECONDS * 3)


def clean(directory: Path) -> None:
    """Do the watchdog's work for a run that died together with its watchdog."""
    _start(directory, subprocess.DEVNULL).wait(_SECONDS * 3)


def _start(directory: Path, stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", _SCRIPT, "verification-watchdog", str(directory)],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # Ctrl-C in the terminal must not end it
    )
