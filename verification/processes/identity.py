"""Which run something outside the run's own folder belongs to: a container, a database of a foreign server."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from . import lock, run_directory


@dataclass(frozen=True)
class ProcessIdentity:
    """One process of a run."""

    machine: str
    """Boot id and process namespace; empty where the system has neither."""
    process: int
    lock: Path
    """The file in the run's folder that the process keeps locked (``lock.hold``)."""

    @classmethod
    def current(cls) -> Self:
        """Return the identity of this process; its run's folder is made if there is none yet."""
        return cls(_machine(), os.getpid(), run_directory.owner_file())

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what ``str`` wrote; None for anything else."""
        parts = text.strip().split(" ", 2)
        if len(parts) != 3 or not parts[1].isdigit():  # noqa: PLR2004 - the three fields
            return None
        return cls(parts[0], int(parts[1]), Path(parts[2]))

    def __str__(self) -> str:
        """Write what ``parse`` reads."""
        return f"{self.machine} {self.process} {self.lock}"

    def is_dead(self) -> bool:
        """Tell whether the process is surely gone; False for one that cannot be seen from here."""
        if self.machine != _machine():
            return False
        if self.lock.exists():
            return lock.is_free(self.lock)
        # The folder is gone, or is in a file system that this process does not see.
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return False


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "-"
