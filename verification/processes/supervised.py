"""Run work in a child process, so that the parent can tell how it ended, whatever the child did."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from verification.processes.die_with_parent import PR_SET_PDEATHSIG

FORWARDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS: Final = 20.0
"""How long the work may take to end after a signal; a second signal ends it at once."""


def run_supervised(work: Callable[[], int]) -> int:
    """Run ``work`` in a forked child and return its exit status, negative if signal ``-status`` ended it.

    Signals that this process gets are passed on. Where the system cannot wait for signals (macOS),
    ``work`` runs in this process.
    """
    if sys.platform != "linux":
        return work()
    sys.stdout.flush()
    sys.stderr.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        sys.exit(work())
    try:
        return _wait(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _next_signal(deadline: float | None) -> Any:
    """Return the next signal of interest; None if there is none before the deadline."""
    if sys.platform != "linux":
        raise NotImplementedError
    awaited = {*FORWARDED, signal.SIGCHLD}
    if deadline is None:
        return signal.sigwaitinfo(awaited)
    return signal.sigtimedwait(awaited, max(0.0, deadline - time.monotonic()))


def _wait(child: int) -> int:
    deadline: float | None = None
    while True:
        received = _next_signal(deadline)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if received is not None and received.si_signo == signal.SIGCHLD:
            continue
        if received is None or deadline is not None:
            # It may wait in C code, for a server that does not answer; watchdogs remove what it leaves.
            os.kill(child, signal.SIGKILL)
            continue
        deadline = time.monotonic() + GRACE_SECONDS
        # A code above 0 means that the kernel sent it: Ctrl-C, which the terminal sends to the child as well.
        if received.si_code <= 0:
            os.kill(child, received.si_signo)
