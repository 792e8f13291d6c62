"""How long threads have waited for a processor: a delay that is the machine's, not the program's."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

OURS: Final = Path("/proc/thread-self/schedstat")


def waited_ms(processes: Iterable[int] = ()) -> float:
    """Return the milliseconds that this thread and all threads of some processes have waited so far.

    Linux counts them (``Documentation/scheduler/sched-stats.rst``); elsewhere the answer is 0.
    """
    files = [OURS, *(file for pid in processes for file in Path(f"/proc/{pid}/task").glob("*/schedstat"))]
    return sum(map(_waited_ns, files)) / 1e6


def _waited_ns(file: Path) -> int:
    with suppress(OSError, IndexError, ValueError):
        return int(file.read_text().split()[1])
    return 0
