"""Whatever was started is closed when the interpreter ends, however it ends.

Three nets, each for what the one before cannot catch: ``close()`` by the owner; this registry at
exit, after Ctrl-C (left to Python and pytest) and after SIGTERM (turned into an interrupt, so that
``finally`` blocks run and reports are written); and for SIGKILL the guardian process of an embedded
server or the lifeline of a container, which notice that this process is gone.
"""

import atexit
import os
import signal
import threading
from types import FrameType
from typing import Protocol


class Closable(Protocol):
    """What can be registered; ``close`` may be called twice."""

    def close(self) -> None:
        """Stop it and remove all that it left."""


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived. pytest takes it as an interrupt: teardown, reports, exit status 2."""


_lock = threading.RLock()
_open: dict[int, Closable] = {}
_process = os.getpid()


def register(resource: Closable) -> None:
    """Have ``resource`` closed at the end of this process unless ``forget`` comes first."""
    global _process  # noqa: PLW0603 - a forked child starts with nothing of its own
    with _lock:
        if _process != os.getpid():
            _process = os.getpid()
            _open.clear()
        _open[id(resource)] = resource
    arm()


def forget(resource: Closable) -> None:
    """Take a resource that has been closed off the list."""
    with _lock:
        _open.pop(id(resource), None)


@atexit.register
def close_all() -> None:
    """Close what is still open, the newest first; one that fails does not keep the others from it."""
    if _process != os.getpid():
        return  # a forked child: what is open belongs to its parent
    failures: list[Exception] = []
    while True:
        with _lock:
            if not _open:
                break
            _, resource = _open.popitem()
        try:
            resource.close()
        except Exception as failure:  # noqa: BLE001 - raised below, when all are closed
            failures.append(failure)
    if failures:
        raise failures[0]


def arm() -> None:
    """Turn SIGTERM into an interrupt, unless somebody else handles it; only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # A second SIGTERM ends the process at once; the guardians then do what is left.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated("SIGTERM")
