"""A clock that is moved forward between requests: caches end and timers are due without waiting for them.

For a process of its own: everything in it sees the time, so no timeout means anything any more.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import time_machine

STEADY: Final = ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
"""Clocks of the module ``time`` that ``time_machine`` leaves alone."""
_NANOSECONDS: Final = 1_000_000_000


class Clock:
    """The time of this process, ahead of the machine's."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self.ahead = 0
        """Seconds."""

    def move(self, seconds: int) -> None:
        """Move every clock of this process forward."""
        self._traveller.shift(seconds)
        self.ahead += seconds


@contextmanager
def moved_clock() -> Iterator[Clock]:
    """Replace the clocks of this process by one that can be moved, also where a module holds a clock by name."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        clock = Clock(traveller)
        replaced = {getattr(time, name): _steady(getattr(time, name), clock) for name in STEADY}
        _replace(replaced)
        try:
            yield clock
        finally:
            _replace({new: old for old, new in replaced.items()})


def _steady(original: Callable[[], Any], clock: Clock) -> Callable[[], Any]:
    unit = _NANOSECONDS if original.__name__.endswith("_ns") else 1

    def now() -> Any:
        return original() + clock.ahead * unit

    return now


def _replace(new_of: dict[Callable[[], Any], Callable[[], Any]]) -> None:
    """Give every module that knows a clock by a name of its own the other one."""
    for module in list(sys.modules.values()):
        if module is sys.modules[__name__]:
            continue
        for name, value in list(getattr(module, "__dict__", {}).items()):
            try:
                new = new_of.get(value)
            except TypeError:  # not hashable
                continue
            if new is not None:
                setattr(module, name, new)
