"""Who owns what a run has made, told by an advisory lock that the run holds until it ends, however it ends.

A process's number is given out again, and its start time differs between readers under an emulated processor. The
lock is the kernel's: it is held while the process, or one forked from it, lives, and is seen from every container on
the machine that sees the file (https://man7.org/linux/man-pages/man2/flock.2.html).
"""

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

FILE: Final = "lock"
BUILDING: Final = "lock.new"
_held: dict[Path, int] = {}


def take(directory: Path) -> None:
    """Make this process the owner of a new directory.

    The file gets its name when it is locked, so that nobody finds a run that does not hold its lock yet.
    """
    building = directory / BUILDING
    descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        building.rename(directory / FILE)
    except BaseException:
        os.close(descriptor)
        raise
    _held[directory] = descriptor


def give_up(directory: Path) -> None:
    """Release the lock of a directory that has been removed."""
    if (descriptor := _held.pop(directory, None)) is not None:
        os.close(descriptor)


def is_dead(file: Path) -> bool:
    """Tell whether nobody holds the lock of an owner's file. Raises ``OSError`` if that cannot be known."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            return False
        raise
    finally:
        os.close(descriptor)
    return True
