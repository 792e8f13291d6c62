"""Faults that a local provider commits on demand."""

import threading
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("delay", "status", "garbage", "drop", "drop_after", "drip", "huge", "redirect")
"""`drop` closes the connection before the request is acted on, `drop_after` afterwards."""


@dataclass
class Fault:
    """One fault: `path` is the prefix of the paths that it affects, `times` how often (None: always)."""

    kind: str
    path: str = "/"
    times: int | None = None
    seconds: float = 0.0
    """For `delay` the wait, for `drip` the time between two bytes."""
    status: int = 500

    def __post_init__(self) -> None:
        """Refuse an unknown kind."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")


class Faults:
    """The faults that wait for a request; safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """Return the fault for a request, and count its use; None when there is none."""
        with self._lock:
            fault = next((each for each in self._waiting if path.startswith(each.path)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
            return fault
