"""libpq's variables of the shell (PGSERVICE, PGOPTIONS and so on) are meant for servers that the user names.

A server of the harness is reached by what the harness knows of it. As soon as one is started in this process, the
variables are hidden from libpq, here and in the processes that are started from here; ``shown`` brings them back
for a connection to a URL of the user.
https://www.postgresql.org/docs/current/libpq-envars.html
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_PREFIX: Final = "PG"
_hidden: dict[str, str] = {}
_lock = threading.RLock()


def hide() -> None:
    """Take the variables out of the environment of this process."""
    with _lock:
        for name in [name for name in os.environ if name.startswith(_PREFIX)]:
            _hidden[name] = os.environ.pop(name)


@contextmanager
def shown() -> Iterator[None]:
    """Put hidden variables back for the ``with`` block. No other thread may connect to a server of the harness."""
    with _lock:
        os.environ.update(_hidden)
        try:
            yield
        finally:
            for name in _hidden:
                os.environ.pop(name, None)
