"""The parent's side of the protocol: a process that answers, one JSON object a line in each direction.

The child's side is ``serve.py``.
"""

import json
import queue
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from ..errors import CannotRun
from .managed import ManagedProcess

SECONDS: Final = 60.0
"""How long to wait for one answer."""
_END_SECONDS: Final = 5.0
"""How long a process whose output has ended may take to end itself."""


class ChildFailed(Exception):  # noqa: N818 - reads as what it tells
    """No answer came: the process ended ("died") or was too slow ("timeout"). It is of no more use."""

    def __init__(self, kind: str, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        """One line; for "died" the last one that it wrote to standard error."""
        self.detail = detail
        """All that it wrote there."""


class Child:
    """One such process; ``with`` ends it. It also ends by itself when its input does."""

    def __init__(
        self, what: str, command: Sequence[str], *, environment: Mapping[str, str], directory: Path
    ) -> None:
        """Start it; ``what`` begins the messages of ``ask``. Raises ``OSError`` if it cannot be started."""
        self.what = what
        self._process = ManagedProcess(command, environment=environment, directory=directory, answers=True)
        self._input, self._output = self._process.pipes
        self._answers: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request: Mapping[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
        """Send one request and return its answer. Raises ``CannotRun`` if none comes."""
        try:
            self.send(request)
            return self.receive(seconds)
        except ChildFailed as failure:
            raise CannotRun(f"{self.what} ({failure.message})") from None

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one object. Raises ``ChildFailed``."""
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except (OSError, ValueError):
            raise self._death() from None

    def receive(self, seconds: float = SECONDS) -> dict[str, Any]:
        """Return the next object that it sends. Raises ``ChildFailed``."""
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise ChildFailed("timeout", f"no answer within {seconds:.0f} s") from None
        if line is None:
            raise self._death()
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """End the process and all that it started; may be called twice."""
        self._process.close()

    def _listen(self) -> None:
        with suppress(ValueError, OSError):
            for line in self._output:
                self._answers.put(line)
        self._answers.put(None)

    def _death(self) -> ChildFailed:
        if self._process.closed:
            return ChildFailed("died", "it was ended before")
        status = self._process.wait(_END_SECONDS)
        said = self._process.log().strip()
        last = self._process.last_line(f"its process ended with status {status}")
        self.close()
        return ChildFailed("died", last, detail=said)

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()
