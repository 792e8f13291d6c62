"""Which process something belongs to, so that what a dead run left can be told from what a live one uses."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from verification.processes import owner, run_directory


@dataclass(frozen=True)
class ProcessIdentity:
    """One process: its number alone would be given out again, on this machine or on another."""

    machine: str
    """Boot id and process namespace; the name of the machine where the system has neither."""
    process: int
    lock: str
    """The file that it keeps locked while it lives."""

    @classmethod
    def current(cls) -> Self:
        """Return the identity of this process."""
        return cls(_machine(), os.getpid(), str(run_directory.lock_file()))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what ``str`` wrote; None for anything else."""
        parts = text.strip().split(" ", 2)
        if len(parts) != 3 or not parts[1].isdigit() or not parts[2].startswith("/"):  # noqa: PLR2004 - the three fields
            return None
        return cls(parts[0], int(parts[1]), parts[2])

    def __str__(self) -> str:
        """Write what ``parse`` reads."""
        return f"{self.machine} {self.process} {self.lock}"

    def is_dead(self) -> bool:
        """Tell whether the process is surely gone; False for one that cannot be seen from here."""
        if self.machine != _machine():
            return False
        try:
            return owner.is_dead(Path(self.lock))
        except FileNotFoundError:
            return not _exists(self.process)  # its folder is gone, or is not seen from here
        except OSError:
            return False


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return f"{os.uname().nodename}/-"


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
