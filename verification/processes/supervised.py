"""Run work in a child process, so that the parent can tell how it ended, whatever the child did."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from .die_with_parent import PR_SET_PDEATHSIG

FORWARDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
END_SECONDS: Final = 15.0
"""Seconds that an interrupted child has for its clean-up; a second signal ends it at once."""


def run_supervised(work: Callable[[], int], seconds: float) -> int:
    """Run ``work`` in a forked child and return its exit status, negative if signal ``-status`` ended it.

    Signals that this process gets are passed on. A child that has not ended ``END_SECONDS`` after a signal, or
    after ``seconds`` and an interrupt, or at the second signal, is killed. Where the system cannot wait for signals
    (macOS), ``work`` runs in this process without a limit.
    """
    if sys.platform != "linux":
        _take_interrupts()
        return work()
    sys.stdout.flush()
    sys.stderr.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        _take_interrupts()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        sys.exit(work())
    try:
        return _wait(child, time.monotonic() + seconds)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _take_interrupts() -> None:
    """Let an interrupt end the work where a shell has started this process with SIGINT ignored (``script &``).

    That is how the time limits of a run and of a check end it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait(child: int, deadline: float) -> int:
    interrupted = False
    while True:
        received = _next_signal(deadline)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if received is not None and received.si_signo == signal.SIGCHLD:
            continue
        if interrupted:
            os.kill(child, signal.SIGKILL)
        elif received is None:
            os.kill(child, signal.SIGINT)
        elif received.si_code <= 0:
            # A code above 0 means that the kernel sent it: Ctrl-C, which the terminal sends to the child as well.
            os.kill(child, received.si_signo)
        if not interrupted:
            interrupted, deadline = True, time.monotonic() + END_SECONDS


def _next_signal(deadline: float) -> Any:
    """Return the next signal of interest; None if there is none before the deadline."""
    if sys.platform != "linux":
        raise NotImplementedError
    return signal.sigtimedwait({*FORWARDED, signal.SIGCHLD}, max(0.0, deadline - time.monotonic()))
