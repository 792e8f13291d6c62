"""Threads for calls that their caller may leave behind. They stay for the next call: a new one costs as much as a call.

Not a `ThreadPoolExecutor`: the end of the process would wait for a call that hangs in the resolver.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import Final

logger = logging.getLogger(__name__)

_Task = tuple[Callable[[], None], threading.Lock]
_idle: Final[deque[SimpleQueue[_Task]]] = deque()
"""Where the threads that have nothing to do wait; the one that worked last is the last."""


def run(work: Callable[[], None], seconds: float) -> bool:
    """Run the work in another thread, in this context; return False when it has not ended in time."""
    running = threading.Lock()
    running.acquire()
    try:
        inbox = _idle.pop()
    except IndexError:
        inbox = SimpleQueue()
        threading.Thread(target=_serve, args=(inbox,), name="call", daemon=True).start()
    inbox.put((partial(copy_context().run, work), running))
    return running.acquire(timeout=seconds)


def _serve(inbox: "SimpleQueue[_Task]") -> None:
    while True:
        work, running = inbox.get()
        try:
            work()
        except Exception:
            logger.exception("a call failed")
        _idle.append(inbox)
        running.release()
        del work, running  # with what they hold, while the thread waits
