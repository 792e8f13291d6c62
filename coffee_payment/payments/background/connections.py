"""Fewer database connections than threads: a thread gives its connection back while it waits for an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from payments.outgoing import waiting


class Pool:
    """Connections that threads take in turn; each is opened at its first use."""

    def __init__(self, size: int) -> None:
        """Begin with `size` connections that are not open yet."""
        self._free: LifoQueue[BaseDatabaseWrapper] = LifoQueue()
        self._all = [connections.create_connection(DEFAULT_DB_ALIAS) for _ in range(size)]
        for each in self._all:
            each.inc_thread_sharing()
            self._free.put(each)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Give the thread a connection while the body runs, but for the time of its outgoing calls."""
        token = waiting.around_calls.set(self._given_back)
        try:
            self._take()
            try:
                yield
            finally:
                self._give_back()
        finally:
            waiting.around_calls.reset(token)

    def close(self) -> None:
        """Close all; no thread may have one."""
        for each in self._all:
            each.close()

    @contextmanager
    def _given_back(self) -> Iterator[None]:
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            yield
            return
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        connections[DEFAULT_DB_ALIAS] = self._free.get()

    def _give_back(self) -> None:
        held: Any = connections[DEFAULT_DB_ALIAS]
        if held.errors_occurred:
            held.close_if_unusable_or_obsolete()
        del connections[DEFAULT_DB_ALIAS]
        self._free.put(held)
