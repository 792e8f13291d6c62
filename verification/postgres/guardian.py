"""Cleans up after an embedded server whose harness died without doing so (SIGKILL, a crash).

Runs as a process of its own: ``python guardian.py DIRECTORY``. Its standard input is a pipe that
the harness holds; the end of that pipe is the end of the harness, whatever caused it. Uses the
standard library alone and imports nothing of this package, so that it starts in milliseconds.
"""

import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 10.0
"""How long an immediate shutdown may take before the server is killed."""


def postmaster(data: Path) -> int | None:
    """Give the process that runs on a data directory, None when there is none."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        process = int(lines[0])
        # A number can have been given to another process since: ask what it was started with.
        if (
            Path("/proc/self").exists()
            and str(data).encode() not in Path(f"/proc/{process}/cmdline").read_bytes()
        ):
            return None
        os.kill(process, 0)
    except (OSError, ValueError, IndexError):
        return None
    return process


def stop(data: Path) -> None:
    """Stop the server on a data directory at once; its data need not be saved."""
    process = postmaster(data)
    if process is None:
        return
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGQUIT)
        if not gone(process, STOP_SECONDS):
            os.kill(process, signal.SIGKILL)
            gone(process, STOP_SECONDS)


def gone(process: int, seconds: float) -> bool:
    """Wait until a process that is not our child has ended."""
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(process)
        except ProcessLookupError:
            return True
        except OSError:
            pass  # a kernel without it
        else:
            try:
                return bool(select.select([descriptor], [], [], seconds)[0])
            finally:
                os.close(descriptor)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def remove(directory: Path, seconds: float = STOP_SECONDS) -> None:
    """Remove a directory into which a dying process may still write."""
    deadline = time.monotonic() + seconds
    while directory.exists() and time.monotonic() < deadline:
        shutil.rmtree(directory, ignore_errors=True)


def clean(directory: Path) -> None:
    """Stop the server of a run's directory and remove the directory."""
    stop(directory / "data")
    remove(directory)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    clean(Path(sys.argv[1]))
