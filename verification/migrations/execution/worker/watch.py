"""The record of a run: the seconds of each migration and, where that is asked for, what it cost (``sheet.py``)."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from ....processes.serve import Channel
from . import network
from .sheet import Sheet


class Watch:
    """Keeps the record of one run on one connection."""

    def __init__(self, connection: Any, channel: Channel, *, measured: bool = False) -> None:
        """``measured``: keep a record of each statement."""
        self.connection = connection
        self.channel = channel
        self._measured = measured
        self.total = 0
        """How many steps this run will have."""
        self.steps: list[dict[str, Any]] = []
        self.current = ""
        """What runs now: a migration, or words for what else a failure would come from."""
        self._began = 0.0
        self._sheet: Sheet | None = None
        self._wrapping = ExitStack()

    def __call__(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Take the executor's progress."""
        if action.endswith("apply_start"):
            self.current = "{}.{}".format(*_key(migration))
            self.channel.event("step", migration=self.current, done=len(self.steps), total=self.total)
            self._watch_statements(migration)
            self._began = time.monotonic()
        elif action.endswith("apply_success"):
            network.raise_if_called()
            self._finish(migration, time.monotonic() - self._began)

    def failure(self) -> dict[str, Any]:
        """Say where an error came from, as far as the statements are on record."""
        return self._sheet.failure() if self.current and self._sheet is not None else {}

    def _watch_statements(self, migration: Any) -> None:
        # A migration whose failure was caught leaves its wrapper installed.
        self._wrapping.close()
        self._sheet = None
        if self._measured:
            self.connection.ensure_connection()
            self._sheet = Sheet(self.connection, migration)
            self._wrapping.enter_context(self.connection.execute_wrapper(self._sheet))

    def _finish(self, migration: Any, seconds: float) -> None:
        app, name = _key(migration)
        self._wrapping.close()
        cost = {}
        if self._sheet is not None:
            seconds -= self._sheet.seconds
            cost = self._sheet.cost()
        self.steps.append({"app": app, "migration": name, "seconds": seconds, "cost": cost})
        self.current = ""


def _key(migration: Any) -> tuple[str, str]:
    return migration.app_label, migration.name
