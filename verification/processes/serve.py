"""The child's side of the protocol: a process that answers its parent, one JSON object a line.

Standard library only, in the syntax of Python 3.8: a project's own interpreter loads this file by its
path. The parent's side is ``child.py``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple


class Gone(BaseException):
    """The parent has ended; whoever waits for it ends too."""


class Channel:
    """The line to the parent, on descriptors that no other code of this process knows.

    Code of the project that reads standard input meets the end of the file. What it prints goes to
    standard error, or nowhere if ``silent``.
    """

    def __init__(self, silent: bool = False) -> None:
        self._in = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        if silent:
            os.dup2(nothing, 2)
        os.dup2(2, 1)
        os.close(nothing)

    def send(self, message: dict[str, Any]) -> None:
        """Send one object."""
        self._out.write(json.dumps(message, default=str) + "\n")
        self._out.flush()

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next object; return None when the parent has ended."""
        line = self._in.readline()
        if not line:
            return None
        message = json.loads(line)
        if not isinstance(message, dict):
            raise TypeError("a message is one JSON object")
        return message

    def event(self, name: str, /, **values: Any) -> None:
        """Send an object whose ``event`` is ``name``."""
        self.send({"event": name, **values})

    def pause(self, **values: Any) -> None:
        """Send the event "paused" and wait until the parent answers. Raises ``Gone`` if it has ended."""
        self.event("paused", **values)
        if self.receive() is None:
            raise Gone


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]], silent: bool = False) -> None:
    """Answer each request until the parent ends; an exception is the answer ``{"error": "Type: text"}``."""
    channel = Channel(silent)
    while True:
        request = channel.receive()
        if request is None:
            return
        try:
            reply = answer(request)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the project raises is the answer
            reply = {"error": f"{type(error).__name__}: {error}"}
        channel.send(reply)


class Outcome(NamedTuple):
    """What came of one call in a forked process."""

    answer: dict[str, Any] | None
    """None: the process ended before it had one."""
    printed: str
    """What it wrote to its standard output and error, if that was asked for."""
    status: int
    """Its exit status; negative: the number of the signal that ended it."""


def in_fork(work: Callable[[], dict[str, Any]], capture: bool = False) -> Outcome:
    """Call ``work`` in a forked process, so that nothing it leaves behind reaches the next call.

    The answer passes through a file: a process that ``work`` leaves running cannot hold it open.
    """
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as printed:
        child = os.fork()
        if child == 0:
            _call(work, answer, printed if capture else None)
        _, ended = os.waitpid(child, 0)
        status = -os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else os.WEXITSTATUS(ended)
        answer.seek(0)
        printed.seek(0)
        text = answer.read() if status == 0 else b""
        return Outcome(json.loads(text) if text else None, printed.read().decode(errors="replace"), status)


def _call(work: Callable[[], dict[str, Any]], answer: Any, printed: Any) -> None:
    """Write what ``work`` returns, as the forked process, and end it."""
    status = 1
    try:
        if printed is not None:
            os.dup2(printed.fileno(), 1)
            os.dup2(printed.fileno(), 2)
        answer.write(json.dumps(work(), default=str).encode())
        answer.flush()
        status = 0
    except BaseException:  # noqa: BLE001 - the child must not run on in the parent's place
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)
