"""Both ends of the conversation: one JSON object a line, on file descriptors that the project never sees."""

from __future__ import annotations

import json
import os
from typing import Any


class Gone(BaseException):
    """The harness has ended; whoever waits for it ends too."""


class Channel:
    """The harness's line to this process.

    Migrations print and ask questions. What they print goes to standard error, what they
    ask meets the end of the file; the conversation keeps the real descriptors to itself.
    """

    def __init__(self) -> None:
        self._in = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    def send(self, event: str, **values: Any) -> None:
        """Tell the harness something."""
        self._out.write(json.dumps({"event": event, **values}, default=str) + "\n")
        self._out.flush()

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next line; None: the harness is gone."""
        line = self._in.readline()
        if not line:
            return None
        message = json.loads(line)
        if not isinstance(message, dict):
            raise TypeError("a message is one JSON object")
        return message

    def pause(self, **values: Any) -> None:
        """Stop until the harness says to go on; raises ``Gone`` when it is no more."""
        self.send("paused", **values)
        if self.receive() is None:
            raise Gone
