"""Which process something belongs to, so that what a dead run left can be told from what a live one uses."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class ProcessIdentity:
    """One process: its number alone would be given out again, on this machine or on another."""

    machine: str
    """Boot id and process namespace; empty where the system has neither."""
    process: int
    started: str

    @classmethod
    @cache
    def _of(cls, process: int) -> Self:
        return cls(_machine(), process, _started(process))

    @classmethod
    def current(cls) -> Self:
        """Return the identity of this process."""
        return cls._of(os.getpid())

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what ``str`` wrote; None for anything else."""
        parts = text.strip().split(" ")
        if len(parts) != 3 or not parts[1].isdigit():  # noqa: PLR2004 - the three fields
            return None
        return cls(parts[0], int(parts[1]), parts[2])

    def __str__(self) -> str:
        """Write what ``parse`` reads."""
        return f"{self.machine} {self.process} {self.started}"

    def is_dead(self, *, here: bool = False) -> bool:
        """Tell whether the process is surely gone; False for one that cannot be seen from here.

        ``here``: it ran on this very machine, so that another boot id means before the last reboot.
        """
        boot, _, namespace = self.machine.partition("/")
        own_boot, _, own_namespace = _machine().partition("/")
        if boot != own_boot:
            return here
        if namespace != own_namespace:
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return _started(self.process) != self.started


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "-"


def _started(process: int) -> str:
    """Return the start time of a process in clock ticks since boot (proc(5), stat field 22); "-" if unknown."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "-"
    return stat.rpartition(")")[2].split()[19]
