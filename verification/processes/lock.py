"""A file that says, for as long as it is locked, that the process which made it is alive.

The kernel releases the lock when the process ends, however it ends, and on every machine: a process number can be
given out again, and under an emulated processor a process reads other start times in /proc than its neighbours do.
https://man7.org/linux/man-pages/man2/flock.2.html
"""

import fcntl
import os
from pathlib import Path
from typing import Final

_held: Final[dict[Path, int]] = {}


def hold(path: Path) -> None:
    """Create a file that is locked until ``release`` or the end of this process; nobody sees it unlocked before."""
    temporary = path.with_name(f".{path.name}")
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    temporary.rename(path)
    _held[path] = descriptor


def release(path: Path) -> None:
    """Release a lock of this process; nothing happens if it has none on the file."""
    if (descriptor := _held.pop(path, None)) is not None:
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Tell whether the file is there and its process has surely ended; False for one that cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)
